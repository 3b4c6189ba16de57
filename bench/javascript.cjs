// Builds the stacks of a synth output folder anew with CDKTF for JavaScript and the provider's stock import, so that
// `make bench` can compare: node javascript.cjs <folder with node_modules> <synth output folder>
"use strict";
const { createRequire } = require("node:module");
const fs = require("node:fs");
const path = require("node:path");

const [modules, output] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(modules), "any.js"));
const { App, LocalBackend, TerraformOutput, TerraformResource, TerraformStack } = load("cdktf");
const aws = load("@cdktf/provider-aws");

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const pascal = (name) => name[0].toUpperCase() + camel(name).slice(1);

function asConfig(value, key = "") {
  if (Array.isArray(value)) return value.map((item) => asConfig(item, key));
  if (value === null || typeof value !== "object" || key === "tags") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [camel(name), asConfig(inner, name)]));
}

function make(stack, type, id, { "//": _, for_each, lifecycle, depends_on, ...block }, prefix) {
  const name = prefix + type.replace(/^aws_/, "");
  const made = aws[camel(name)]
    ? new aws[camel(name)][pascal(name)](stack, id, asConfig(block))
    : new TerraformResource(stack, id, { terraformResourceType: type });
  if (!aws[camel(name)]) made.addOverride("input", block.input);
  if (for_each) made.addOverride("for_each", for_each);
  if (lifecycle) made.addOverride("lifecycle", lifecycle);
  if (depends_on) made.addOverride("depends_on", depends_on);
}

const app = new App();
for (const name of fs.readdirSync(path.join(output, "stacks"))) {
  const json = JSON.parse(fs.readFileSync(path.join(output, "stacks", name, "cdk.tf.json"), "utf8"));
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: json.terraform.backend.local.path });
  new aws.provider.AwsProvider(stack, "aws", json.provider.aws[0]);
  for (const [type, blocks] of Object.entries(json.resource))
    for (const [id, block] of Object.entries(blocks)) make(stack, type, id, block, "");
  for (const [type, blocks] of Object.entries(json.data ?? {}))
    for (const [id, block] of Object.entries(blocks))
      if (type === "terraform_remote_state") stack.addOverride(`data.${type}.${id}`, block);
      else make(stack, type, id, block, "data_aws_");
  for (const [id, { value }] of Object.entries(json.output ?? {})) new TerraformOutput(stack, id, { value });
}
app.synth();
