package dev.sluice.filter;

import tools.jackson.databind.node.ObjectNode;

/**
 * The context in which a filter tests a resource: its container, and access to other resources.
 *
 * @param container the resource that it is contained in, or itself
 * @param linked access to other resources
 */
record EvaluationContext(ObjectNode container, ChainResolver linked) {}
