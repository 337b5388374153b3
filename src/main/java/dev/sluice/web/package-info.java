/**
 * The parts that all HTTP interfaces of Sluice share: which requests are served, the public base URL, error responses,
 * and the CapabilityStatement. It depends on no feature. Start reading at {@code WebPageFilter} and {@link
 * dev.sluice.web.BaseUrl}.
 */
@NullMarked
package dev.sluice.web;

import org.jspecify.annotations.NullMarked;
