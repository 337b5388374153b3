package dev.sluice.signin;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

/** Begins a sign-in. The provider is first asked for its URLs when the first person signs in. */
final class SignInStart implements OAuth2AuthorizationRequestResolver {
    private final DefaultOAuth2AuthorizationRequestResolver requests;

    SignInStart(OpenIdProvider provider) {
        this.requests = new DefaultOAuth2AuthorizationRequestResolver(provider);
        requests.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return path.equals(SignInPaths.START) ? resolve(request, OpenIdProvider.ID) : null;
    }

    @Override
    public @Nullable OAuth2AuthorizationRequest resolve(HttpServletRequest request, String id) {
        OAuth2AuthorizationRequest begun = requests.resolve(request, id);
        return begun == null
                ? null
                : NextPage.of(request.getParameter(SignInPaths.NEXT))
                        .map(page -> OAuth2AuthorizationRequest.from(begun)
                                .attributes(all -> all.put(SignInPaths.NEXT, page))
                                .build())
                        .orElse(begun);
    }
}
