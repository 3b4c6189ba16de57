"""The only way to the CDK and to the bindings of the AWS provider: which Node.js, fast loading.

Nobody else imports `cdktf`, `jsii` or `constructs`, and nothing here knows what LatticeLink is about.
"""
