package dev.sluice.view;

/**
 * A compiled expression with the types that it can select.
 *
 * @param types found without a resource
 */
record CompiledPath(Evaluator evaluator, TypeSet types) {}
