package dev.sluice.oauth;

import org.springframework.context.annotation.Import;

/** The checks of the registry of clients and of the keys of access tokens, with the registry, for the command line. */
@Import({RegistryConfiguration.class, ClientsCheck.class, TokenKeysCheck.class})
public final class RegistryChecks {}
