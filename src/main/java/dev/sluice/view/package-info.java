/**
 * Views of SQL on FHIR: a ViewDefinition is parsed and compiled once, and makes rows of the bytes of each resource. Start
 * reading at {@link dev.sluice.view.ViewDefinition} or {@link dev.sluice.view.CompiledView}.
 */
@NullMarked
package dev.sluice.view;

import org.jspecify.annotations.NullMarked;
