/**
 * SMART Backend Services: clients that authenticate by assertions which they sign, and get access tokens of this server
 * ({@code sluice.security.mode=smart}). Start reading at {@code TokenController}, which issues tokens, and {@code
 * AccessTokens}, which verifies them. {@link dev.sluice.oauth.ClientRegistry} knows the clients.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/backend-services.html">SMART Backend Services</a>
 */
@NullMarked
package dev.sluice.oauth;

import org.jspecify.annotations.NullMarked;
