package dev.sluice.deidservice;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.deid.PseudonymService;
import dev.sluice.fhir.FhirJson;
import java.net.URI;
import java.time.Duration;
import okhttp3.MediaType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a service with the operation {@code $pseudonymize} of the German Medical Informatics Initiative.
 *
 * @see <a href="https://github.com/medizininformatik-initiative/mii-interface-module-pseudonymization">the operation</a>
 */
public final class HttpPseudonymService implements PseudonymService {
    private static final int LONGEST = 1_000;

    /** Many resources refer to the same patient. In characters of values and pseudonyms. */
    private static final long KEPT = 8_000_000;

    private static final Duration KEPT_FOR = Duration.ofHours(1);

    private final HttpService service;
    private final Cache<Original, String> known = Caffeine.newBuilder()
            .maximumWeight(KEPT)
            .weigher((Original original, String pseudonym) ->
                    original.domain().length() + original.value().length() + pseudonym.length())
            .expireAfterWrite(KEPT_FOR)
            .build();

    private record Original(String domain, String value) {}

    public HttpPseudonymService(URI operation) {
        service = new HttpService(operation, MediaType.get("application/fhir+json"));
    }

    @Override
    public @Nullable String pseudonym(String domain, String value) {
        return value.length() > LONGEST ? null : known.get(new Original(domain, value), this::ask);
    }

    private @Nullable String ask(Original original) {
        ObjectNode parameters = FhirJson.MAPPER.createObjectNode().put("resourceType", "Parameters");
        ArrayNode list = parameters.putArray("parameter");
        add(list, "context", original.domain());
        add(list, "original", original.value());
        String answer = service.post(parameters.toString());
        String pseudonym = answer == null ? null : read(answer);
        boolean usable = pseudonym != null
                && !pseudonym.isEmpty()
                && pseudonym.length() <= LONGEST
                && !pseudonym.equals(original.value());
        return usable ? pseudonym : null;
    }

    private static void add(ArrayNode list, String name, String value) {
        list.addObject().put("name", name).putObject("valueIdentifier").put("value", value);
    }

    private static @Nullable String read(String answer) {
        try {
            for (JsonNode parameter : FhirJson.MAPPER.readTree(answer).path("parameter")) {
                if (parameter.path("name").asString("").equals("pseudonym")) {
                    JsonNode value = parameter.path("valueIdentifier").path("value");
                    JsonNode text = value.isMissingNode() ? parameter.path("valueString") : value;
                    return text.isString() ? text.stringValue() : null;
                }
            }
            return null;
        } catch (JacksonException notJson) {
            return null;
        }
    }
}
