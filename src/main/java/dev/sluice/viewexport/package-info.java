/**
 * The HTTP interface of views: {@code $viewdefinition-export} and {@code $viewdefinition-run} of SQL on FHIR. An export of views is a job of the
 * package {@code export} like any other. Start reading at {@link dev.sluice.viewexport.ViewExportController}.
 */
@NullMarked
package dev.sluice.viewexport;

import org.jspecify.annotations.NullMarked;
