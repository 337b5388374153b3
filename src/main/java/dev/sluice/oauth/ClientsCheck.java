package dev.sluice.oauth;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Examination;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.security.TransportPolicy;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Checks whether the registered clients can get tokens: whether each has a key that can be used. */
final class ClientsCheck implements Check {
    private final ClientRegistry registry;
    private final JwksFetcher fetcher;

    ClientsCheck(ClientRegistry registry, OauthSettings settings, TransportPolicy transport) {
        this.registry = registry;
        this.fetcher = new JwksFetcher(settings.allowPrivateJwks(), !transport.requiresTls());
    }

    @Override
    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        List<RegisteredClient> clients = registry.enabled(fault -> findings.add(
                Finding.problem(Topic.TOKENS, fault, "Correct the row of the client, or register the client again.")));
        Map<String, Callable<Finding>> published = new LinkedHashMap<>();
        for (RegisteredClient client : clients) {
            URI url = client.jwksUrl();
            if (url != null) {
                published.put("The client " + client.id() + " at " + url, () -> fetch(client, url));
            }
        }
        Examination.atTheSameTime(Topic.TOKENS, published).stream()
                .filter(finding -> finding.level() != Finding.Level.OK)
                .forEach(findings::add);
        if (findings.isEmpty()) {
            findings.add(
                    clients.isEmpty()
                            ? Finding.warning(
                                    Topic.TOKENS,
                                    "No client is registered and enabled, so nobody gets a token.",
                                    "Register one by the command client add, or in sluice.security.clients.")
                            : Finding.ok(
                                    Topic.TOKENS,
                                    "Each enabled client has a usable key; there are " + clients.size() + "."));
        }
        return findings;
    }

    private Finding fetch(RegisteredClient client, URI url) {
        try {
            return KeySets.hasUsable(fetcher.fetch(url).keys())
                    ? Finding.ok(Topic.TOKENS, client.id())
                    : problem(client, url, "the answer has " + KeySets.NO_KEY);
        } catch (IOException e) {
            return problem(client, url, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private static Finding problem(RegisteredClient client, URI url, String reason) {
        return Finding.problem(
                Topic.TOKENS,
                "The keys of the client " + client.id() + " cannot be fetched from " + url + ": " + reason + ".",
                "Without them the client gets no token. Let this machine reach the URL, or have the client publish its"
                        + " keys there, or register the keys themselves.");
    }
}
