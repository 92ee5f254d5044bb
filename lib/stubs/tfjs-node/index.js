"use strict";
// danfojs-node asks for TensorFlow, whose install step downloads a 300 MB binary. danfojs only needs the `Tensor` class
// for `instanceof` checks; its tensor arithmetic rounds to float32, so here every use of it is an error, not a wrong number.
class Tensor {}

module.exports = new Proxy(
  { Tensor },
  {
    get(target, name) {
      if (name in target || typeof name === "symbol" || name === "__esModule") return target[name];
      throw new Error(
        `danfojs: '${name}' would compute in 32-bit floating point (16777217 becomes 16777216). ` +
          "Compute with plain numbers or simple-statistics and show the result as a table.",
      );
    },
  },
);
