// Loaded into jsii's Node.js process, to make three things cheap that jsii and the AWS provider's bindings do at each
// start. Where anything isn't as known, it is left as it is.
"use strict";
const fs = require("node:fs");
const Module = require("node:module");
const threads = require("node:worker_threads");

const PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)([\\/].*)$/;
const INDEX = /[\\/]@cdktf[\\/]provider-aws[\\/].*lib[\\/]index\.js$/;
const EXPORT = /^exports\.(\w+) = require\(("\.\/[\w-]+")\);$/gm;
const HELPER = `
function lazily(name, load) {
  Object.defineProperty(exports, name, {
    configurable: true,
    enumerable: true,
    get() {
      const value = load();
      Object.defineProperty(exports, name, { configurable: true, enumerable: true, writable: true, value });
      return value;
    },
  });
}
`;

// The provider's index loads all of its 2,200 modules; like this it loads each when it is first used.
function lazyIndex(content) {
  let replaced = 0;
  const lazy = content.replace(EXPORT, (_, name, file) => {
    replaced += 1;
    return `lazily("${name}", () => require(${file}));`;
  });
  return replaced > 0 && replaced === content.split("require(").length - 1 ? lazy + HELPER : content;
}

// jsii links each package into a temporary folder of a new name, and Node.js keeps compiled code by path: it would
// find none again, and its cache would grow with every run. The package's real path is the same each time.
const homes = new Map();
function stablePath(filename) {
  const [, link, rest] = PACKAGE.exec(filename) ?? [];
  if (link === undefined) return filename;
  if (!homes.has(link)) homes.set(link, fs.realpathSync(link));
  if (homes.get(link) === link) return filename;
  if (process.env.LATTICELINK_NODE_CACHE) Module.enableCompileCache?.(process.env.LATTICELINK_NODE_CACHE);
  delete process.env.LATTICELINK_NODE_CACHE;
  return homes.get(link) + rest;
}

const compile = Module.prototype._compile;
if (typeof compile === "function") {
  Module.prototype._compile = function (content, filename, ...rest) {
    return compile.call(this, INDEX.test(filename) ? lazyIndex(content) : content, stablePath(filename), ...rest);
  };
}

// jsii indexes the types of a package in a worker, so as not to parse 130 MB of JSON at each start. A synth that is
// over in a second ends before its worker, and so does the next one, for ever: so the index is made on the spot, once.
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(file, options) {
    if (!/runtime-index-worker\.js$/.test(String(file))) return super(file, options);
    const { isMainThread, workerData } = threads;
    Object.assign(threads, { isMainThread: false, workerData: options.workerData });
    try {
      require(file);
    } finally {
      Object.assign(threads, { isMainThread, workerData });
      delete require.cache[require.resolve(file)];
    }
    return { on() {} };
  }
};
