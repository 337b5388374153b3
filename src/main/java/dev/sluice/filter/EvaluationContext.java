package dev.sluice.filter;

import tools.jackson.databind.node.ObjectNode;

/**
 * What lies around a resource while a filter looks at it.
 *
 * @param container the resource that it is contained in, or itself
 * @param linked the other resources
 */
record EvaluationContext(ObjectNode container, LinkedResources linked) {}
