package dev.sluice.feed;

import dev.sluice.export.ExportService.RepeatedExport;
import dev.sluice.fhir.FhirException;
import dev.sluice.security.Caller;
import dev.sluice.security.ClientDirectory;
import dev.sluice.security.ClientLimits;
import dev.sluice.security.OpenIdIssuers;
import dev.sluice.security.Operation;
import dev.sluice.security.Permissions;
import dev.sluice.security.Scope;
import dev.sluice.security.SecurityMode;
import java.util.List;
import java.util.Optional;
import org.apache.commons.lang3.StringUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** The owners of feeds: what they may do at this time, without a token. */
@Component
class FeedOwners {
    private final SecurityMode mode;
    private final ClientDirectory clients;
    private final ObjectProvider<OpenIdIssuers> providers;

    FeedOwners(SecurityMode mode, ClientDirectory clients, ObjectProvider<OpenIdIssuers> providers) {
        this.mode = mode;
        this.clients = clients;
        this.providers = providers;
    }

    /** The scopes of a caller, as they are recorded with its feed. */
    static List<String> scopes(Caller caller) {
        return caller.permissions().scopes().stream().map(Scope::text).toList();
    }

    /**
     * The export of a feed, with what the owner may do at this time.
     *
     * @throws FhirException 403 if the owner may not export at all
     */
    RepeatedExport export(Feed feed) {
        FeedDefinition definition = feed.definition();
        return new RepeatedExport(feed.base(), definition.export(), definition.lenient(), owner(feed));
    }

    private Caller owner(Feed feed) {
        if (mode == SecurityMode.OPEN) {
            return new Caller("", "", Permissions.ALL, ClientLimits.NONE);
        }
        if (feed.owner().isEmpty()) {
            throw stopped("The feed was defined in mode open and belongs to no client; define it again as a client.");
        }
        String issuer = StringUtils.substringBefore(feed.owner(), " ");
        String client = StringUtils.substringAfter(feed.owner(), " ");
        boolean registered = mode == SecurityMode.SMART && issuer.equals(feed.base()); // which issues its tokens
        if (!registered && providers.stream().noneMatch(each -> each.issuers().contains(issuer))) {
            throw stopped("The feed belongs to the client '" + client + "' of " + issuer
                    + ", which is no provider of this server's settings; delete the feed, and define it again.");
        }
        Optional<Caller> found = registered
                ? clients.registered(issuer, client, feed.scopes())
                : clients.ofProvider(issuer, client, feed.scopes());
        Caller owner = found.orElseThrow(() ->
                stopped("The client '" + client + "', to which the feed belongs, is disabled or not registered."));
        if (!owner.permissions().allow(Operation.EXPORT)) {
            throw stopped("The client '" + client + "', to which the feed belongs, may not export any more.");
        }
        return owner;
    }

    private static FhirException stopped(String why) {
        return FhirException.of(403, "forbidden", why);
    }
}
