// Loaded into jsii's Node.js process: makes the AWS provider's index load each of its 2,200 modules when it is first
// used, where the published one loads all of them at once. Anything unexpected leaves the published file as it is.
"use strict";
const Module = require("node:module");

const INDEX = /@cdktf[\\/]provider-aws[\\/]lib[\\/]index\.js$/;
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

const compile = Module.prototype._compile;
if (typeof compile === "function") {
  Module.prototype._compile = function (content, filename, ...rest) {
    if (!INDEX.test(filename)) return compile.call(this, content, filename, ...rest);
    Module.prototype._compile = compile;
    let replaced = 0;
    const lazy = content.replace(EXPORT, (_, name, file) => {
      replaced += 1;
      return `lazily("${name}", () => require(${file}));`;
    });
    const isKnown = replaced > 0 && replaced === content.split("require(").length - 1;
    return compile.call(this, isKnown ? lazy + HELPER : content, filename, ...rest);
  };
}
