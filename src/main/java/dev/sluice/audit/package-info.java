/**
 * The record of who did what: rows that are only added, given as FHIR {@code AuditEvent}. Features call {@link
 * dev.sluice.audit.Audit} before they send data. Start reading there.
 *
 * @see <a href="https://hl7.org/fhir/R4/auditevent.html">AuditEvent</a>
 */
@NullMarked
package dev.sluice.audit;

import org.jspecify.annotations.NullMarked;
