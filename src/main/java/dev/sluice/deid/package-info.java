/**
 * De-identification: rules in Microsoft's format, compiled once, and applied to the bytes of a resource. Start reading at
 * {@link dev.sluice.deid.RuleFile} or {@link dev.sluice.deid.Deidentifier}.
 *
 * @see <a href="https://github.com/microsoft/Tools-for-Health-Data-Anonymization/blob/master/docs/FHIR-anonymization.md">
 *     Tools for Health Data Anonymization</a>
 */
@NullMarked
package dev.sluice.deid;

import org.jspecify.annotations.NullMarked;
