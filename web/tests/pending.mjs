// Spec files whose part of the product has not landed. A line goes when its spec is green, and this list is empty.
// Naming a file runs it all the same: `cargo xtask test browser checkout`.
export const pending = [];
