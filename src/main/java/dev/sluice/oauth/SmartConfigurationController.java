package dev.sluice.oauth;

import dev.sluice.fhir.FhirJson;
import dev.sluice.security.Access;
import dev.sluice.web.BaseUrl;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells clients where they get tokens, below the FHIR base, as SMART requires, and at the root, where the SMART Bulk Data
 * client looks.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/conformance.html">SMART, conformance</a>
 */
@RestController
@InSmartMode
@Access(Access.Rule.PUBLIC)
class SmartConfigurationController {
    private static final List<String> CAPABILITIES =
            List.of("client-confidential-asymmetric", "permission-v1", "permission-v2");

    /** Of each type there are such scopes, too. */
    private static final List<String> SCOPES = List.of("system/*.rs", "system/*.read", "system/*.cruds");

    private final BaseUrl base;

    SmartConfigurationController(BaseUrl base) {
        this.base = base;
    }

    /** SMART requires the methods for a code challenge of every server, also of one without authorization codes. */
    @GetMapping({"/.well-known/smart-configuration", "/fhir/.well-known/smart-configuration"})
    ResponseEntity<ObjectNode> configuration(HttpServletRequest request) {
        ObjectNode json = FhirJson.MAPPER
                .createObjectNode()
                .put("issuer", base.of(request))
                .put("token_endpoint", base.tokenUrl(request));
        add(json, "token_endpoint_auth_methods_supported", List.of("private_key_jwt"));
        add(json, "token_endpoint_auth_signing_alg_values_supported", List.of("RS384", "ES384"));
        add(json, "grant_types_supported", List.of("client_credentials"));
        add(json, "code_challenge_methods_supported", List.of("S256"));
        add(
                json,
                "scopes_supported",
                Stream.concat(
                                SCOPES.stream(),
                                RegisteredScopes.OPERATIONS.keySet().stream().sorted())
                        .toList());
        add(json, "capabilities", CAPABILITIES);
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(json);
    }

    private static void add(ObjectNode json, String name, List<String> values) {
        values.forEach(json.putArray(name)::add);
    }
}
