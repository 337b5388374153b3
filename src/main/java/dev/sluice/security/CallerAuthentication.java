package dev.sluice.security;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** An authenticated caller, in the terms of Spring Security. */
public final class CallerAuthentication extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1L;

    private final transient Caller caller;

    public CallerAuthentication(Caller caller) {
        super(caller.permissions().operations().stream()
                .map(operation -> new SimpleGrantedAuthority(operation.name()))
                .toList());
        this.caller = caller;
        super.setAuthenticated(true);
    }

    @Override
    public Caller getPrincipal() {
        return caller;
    }

    /** The token is not kept. */
    @Override
    public Object getCredentials() {
        return List.of();
    }
}
