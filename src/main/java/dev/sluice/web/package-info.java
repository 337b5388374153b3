/**
 * What all HTTP of Sluice shares: its public base URL, its errors, and what it says of itself. It knows the words of
 * FHIR and no feature. Start reading at {@link dev.sluice.web.BaseUrl}.
 */
@NullMarked
package dev.sluice.web;

import org.jspecify.annotations.NullMarked;
