package dev.sluice.oauth;

import dev.sluice.security.ClientLimits;
import dev.sluice.security.JobPriority;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * A client as an operator registers it, in the settings or by a command.
 *
 * @param id its client id
 * @param scopes what it may ask for
 * @param jwksUrl where it publishes its keys; either this or {@code jwks} is given
 * @param jwks its keys
 * @param groups the Groups that it may read and export; null or {@code *} = all
 * @param containers the containers that it may name; null or {@code *} = all
 * @param maxOpenJobs how many exports it may have open at a time; null = no limit of its own
 * @param priority of its jobs; null = the normal one
 */
public record ClientRegistration(
        String id,
        List<String> scopes,
        @Nullable String jwksUrl,
        @Nullable String jwks,
        @Nullable List<String> groups,
        @Nullable List<String> containers,
        @Nullable Integer maxOpenJobs,
        @Nullable JobPriority priority) {
    /** Also what a claim and a line of a log can hold without more ado. */
    private static final Pattern ID = Pattern.compile("[!-~]{1,200}");

    private static final Pattern GUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** The id is kept as {@link #normal} writes it. */
    public ClientRegistration {
        id = normal(id);
    }

    /**
     * Providers and their users write the same GUID in upper and in lower case. Other ids are left as they are. Of a person,
     * the id of the program and that of the person are two ids.
     */
    static String normal(String id) {
        return Stream.of(id.split(" ", 2))
                .map(part -> GUID.matcher(part).matches() ? part.toLowerCase(Locale.ROOT) : part)
                .collect(Collectors.joining(" "));
    }

    /** The client itself, or of a person, the program: the text before the first space of a normal id. */
    static String program(String id) {
        return StringUtils.substringBefore(id, " ");
    }

    /**
     * The rows that count for a client: its own, and the one of all clients. Of a person also that of the program, and that
     * of the person with whatever program.
     */
    static List<String> rows(String id) {
        String program = program(id);
        return program.equals(id)
                ? List.of(id, ClientRegistry.ALL)
                : List.of(id, program, ClientRegistry.ALL + id.substring(program.length()), ClientRegistry.ALL);
    }

    /** Whether a client can be registered with this id. */
    static boolean isId(String text) {
        return ID.matcher(text).matches() && !text.equals(ClientRegistry.ALL);
    }

    ClientLimits limits() {
        return ClientLimits.of(groups, containers, maxOpenJobs).with(priority);
    }

    /**
     * Checks the registration.
     *
     * @param where what names it in a sentence, such as {@code sluice.security.clients.lake}
     * @param allowHttp whether the keys may be at an http URL of this machine
     * @throws IllegalArgumentException with a sentence
     */
    RegisteredClient checked(String where, boolean allowHttp) {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    where + " is no client id; it must have 1 to 200 characters of ASCII" + " without spaces");
        }
        if ((jwksUrl == null) == (jwks == null)) {
            throw new IllegalArgumentException(where + " needs the public keys of the client: either its jwks-url,"
                    + " or its keys as jwks or jwks-file");
        }
        if (maxOpenJobs != null && maxOpenJobs < 1) {
            throw new IllegalArgumentException(
                    where + ".max-open-jobs is " + maxOpenJobs + "; it must be 1 or more, such as 2");
        }
        return new RegisteredClient(
                id,
                RegisteredScopes.parse(where + ".scopes", scopes),
                limits(),
                jwksUrl == null ? null : url(where + ".jwks-url", jwksUrl, allowHttp),
                jwks == null ? null : KeySets.register(where + ".jwks", jwks));
    }

    private static URI url(String where, String text, boolean allowHttp) {
        try {
            URI url = new URI(text);
            boolean loopback = "http".equals(url.getScheme()) && allowHttp && LOOPBACK.contains(url.getHost());
            if (("https".equals(url.getScheme()) || loopback)
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // told below
        }
        throw new IllegalArgumentException(
                where + " is '" + text + "'; it must be a URL such as https://client.example.org/jwks.json");
    }
}
