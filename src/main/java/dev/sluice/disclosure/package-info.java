/**
 * Whose data left: for each export its patients, recorded before any of its files is written, and given for one patient as
 * FHIR {@code AuditEvent}. Start reading at {@link dev.sluice.disclosure.Disclosures}.
 *
 * @see <a href="https://www.ecfr.gov/current/title-45/section-164.528">45 CFR 164.528</a>
 */
@NullMarked
package dev.sluice.disclosure;

import org.jspecify.annotations.NullMarked;
