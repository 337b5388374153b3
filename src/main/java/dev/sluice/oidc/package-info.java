/**
 * Mode {@code oidc}: turns the access tokens of OpenID providers, such as Microsoft Entra ID and Keycloak, into callers.
 * Start reading at {@link dev.sluice.oidc.OidcConfiguration}.
 */
@NullMarked
package dev.sluice.oidc;

import org.jspecify.annotations.NullMarked;
