// Loaded into jsii's Node.js process, to make cheap what jsii and the AWS provider's bindings do at each start.
// Where anything isn't as known, it is left as it is.
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const threads = require("node:worker_threads");

const PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)([\\/].*)$/;
const INDEX = /[\\/]@cdkt[fn][\\/]provider-aws[\\/].*lib[\\/]index\.js$/;
const EXPORT = /^exports\.(\w+) = ((?:__importStar\()?require\("\.\/[\w/-]+"\)\)?);$/gm;
const ARCHIVES = /[\\/]cdkt[fn][\\/]lib[\\/]private[\\/]fs\.js$/;
const PROGRAM = /[\\/]lib(?:[\\/]|__)program\.js$/;
const TRACES = /[\\/]cdkt[fn][\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/;
const CHECKED = /[\\/]bin__jsii-runtime\.js$/;
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

const FOLDER = Symbol.for("latticelink.folder");
const IN_FOLDER = 'if (module.id === ".") __dirname = globalThis[Symbol.for("latticelink.folder")];';

const cache = process.env.LATTICELINK_NODE_CACHE;

// The provider's index loads all of its 2,200 modules; like this it loads each when it is first used.
function lazyIndex(content) {
  let replaced = 0;
  const lazy = content.replace(EXPORT, (_, name, load) => {
    replaced += 1;
    return `lazily("${name}", () => ${load});`;
  });
  return replaced > 0 && replaced === content.split("require(").length - 1 ? lazy + HELPER : content;
}

// CDKTF and CDK Terrain load what packs archives at each start, and seldom pack any.
function lazyArchiver(content) {
  return content
    .replace('const archiver = require("archiver");', 'const archiver = (...given) => require("archiver")(...given);')
    .replace(
      'const fflate_1 = require("fflate");',
      'const fflate_1 = new Proxy({}, { get: (_, name) => require("fflate")[name] });',
    );
}

// jsii finds an unpacked package by a checksum of its archive, 37 MB for the provider, computed at each start. It is kept
// for as long as the archive is the same file: its inode, size and times are part of the note's name. With a wrong one no
// synth works, so a note says itself whether it is whole, and one that isn't is written anew.
function rememberedDigest(content) {
  return content.replace(
    /function digestFile\((\w+),\.\.\.(\w+)\)\{return (readFileChunks\(\w+,\(\)=>\{\},\.\.\.\w+\))\}/,
    (_, file, more, compute) =>
      `function digestFile(${file},...${more}){return globalThis[Symbol.for("latticelink.digest")]` +
      `(${file},${more},()=>${compute})}`,
  );
}

// jsii's first process checks that it knows this Node.js, starts a second one, which answers, and copies each message to
// and fro. Where Python starts the second one itself (one_process.py), it is asked by the channel that Python names, and
// does the check.
function asksPython(content, filename) {
  const channel = /^(\d+),(\d+)$/.exec(process.env.LATTICELINK_CHANNEL ?? "");
  if (!channel) return content;
  delete process.env.LATTICELINK_CHANNEL;
  require(path.join(path.dirname(filename), "bin__jsii-runtime.js"));
  return content.replace("readFD:3,writeFD:3", `readFD:${channel[1]},writeFD:${channel[2]}`);
}

function checksAlone(content) {
  return content.replace(/(\(\(\)=>\{"use strict";__webpack_require__\(\d+\);)(?=const [^;]*\.spawn\))/, "$1return;");
}

// Each value that comes in is checked for a type, and the text for one that has none was made each time.
function briefAssertion(content) {
  return content.replace(
    /`Kernel error: expected type information, got \$\{\(0,\w+\.inspect\)\(\w+\)\}`/,
    '"Kernel error: expected type information"',
  );
}

// Each list of a resource kept the whole way of calls to it, all of them calls inside jsii: no place in anybody's code.
function withoutTraces(content) {
  return content.replace("Error.stackTraceLimit = Number.MAX_SAFE_INTEGER;", "Error.stackTraceLimit = 0;");
}

const DIGEST_BYTES = 32;
function sha256(...parts) {
  return parts.reduce((hash, part) => hash.update(part), crypto.createHash("sha256")).digest();
}

globalThis[Symbol.for("latticelink.digest")] = (file, more, compute) => {
  if (!cache) return compute();
  const { ino, size, mtimeNs, ctimeNs } = fs.statSync(file, { bigint: true });
  const known = JSON.stringify([path.resolve(file), ...more, ...[ino, size, mtimeNs, ctimeNs].map(String)]);
  const note = path.join(cache, `${sha256(known).toString("hex")}.digest`);
  const sealed = (digest) => Buffer.concat([digest, sha256(known, digest)]);
  try {
    const kept = fs.readFileSync(note);
    const digest = kept.subarray(0, DIGEST_BYTES);
    if (digest.length === DIGEST_BYTES && kept.equals(sealed(digest))) return digest;
  } catch {}
  const digest = compute();
  const draft = `${note}.${crypto.randomBytes(8).toString("hex")}`;
  try {
    fs.mkdirSync(cache, { recursive: true, mode: 0o700 });
    fs.writeFileSync(draft, sealed(digest), { flag: "wx", mode: 0o600 });
    fs.renameSync(draft, note);
  } catch {}
  return digest;
};

// jsii writes its own program into a temporary folder of a new name, and links each package into another one. Node.js
// keeps compiled code by path: it would find none again, and its cache would grow with every run. So each is compiled
// under a path that is the same each time, and the program is told where it is.
const homes = new Map();
function stablePath(filename, isMain) {
  if (isMain && PROGRAM.test(filename)) return keepCompiled() ? path.join(cache, "program.js") : filename;
  const [, link, rest] = PACKAGE.exec(filename) ?? [];
  if (link === undefined) return filename;
  if (!homes.has(link)) homes.set(link, fs.realpathSync(link));
  if (homes.get(link) === link) return filename;
  keepCompiled();
  return homes.get(link) + rest;
}

function keepCompiled() {
  if (process.env.LATTICELINK_NODE_CACHE) Module.enableCompileCache?.(cache);
  // From here on it would reach the processes that the CDK starts.
  delete process.env.LATTICELINK_NODE_CACHE;
  return Boolean(cache && Module.enableCompileCache);
}

const CHANGES = [
  [INDEX, lazyIndex],
  [ARCHIVES, lazyArchiver],
  [PROGRAM, (content, filename) => IN_FOLDER + briefAssertion(rememberedDigest(asksPython(content, filename)))],
  [CHECKED, checksAlone],
  [TRACES, withoutTraces],
];
const compile = Module.prototype._compile;
if (typeof compile === "function") {
  Module.prototype._compile = function (content, filename, ...rest) {
    const [, change] = CHANGES.find(([files]) => files.test(filename)) ?? [];
    const isMain = this.id === ".";
    if (isMain) globalThis[FOLDER] = path.dirname(filename);
    return compile.call(this, change ? change(content, filename) : content, stablePath(filename, isMain), ...rest);
  };
}

// jsii indexes the types of a package in a worker, so as not to parse 130 MB of JSON at each start. A synth that is
// over in a second ends before its worker, and so does the next one, for ever: so the index is made on the spot, once.
const { Worker } = threads;
threads.Worker = class extends Worker {
  constructor(given, options) {
    if (!/runtime-index-worker\.js$/.test(String(given))) return super(given, options);
    const file = fs.existsSync(given) ? given : String(given).replace(/runtime-index-worker\.js$/, "lib__$&");
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
