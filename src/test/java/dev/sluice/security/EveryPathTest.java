package dev.sluice.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.IntegrationTest;
import dev.sluice.RawHttp;
import dev.sluice.SluiceServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Requests without a token to each path that the application has, also those of the actuator. */
@IntegrationTest
class EveryPathTest {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String ACTUATOR = "/actuator";
    private static final Set<String> HEALTH =
            Set.of("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness");

    private static SluiceServer server;

    @BeforeAll
    static void start() {
        server = SluiceServer.start(
                "--sluice.security.mode=smart",
                "--sluice.security.allow-http=true",
                "--sluice.base-url=https://fhir.example.org/fhir",
                "--management.endpoints.web.exposure.include=*");
        server.get("/metadata"); // the first request has the servlet look for its handlers
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void withoutATokenOnlyPublicPathsAnswer() {
        List<String> refused = paths().filter(path -> !isPublic(path)).toList();

        assertThat(refused)
                .as("what the walk has found")
                .hasSizeGreaterThan(30)
                .contains("/fhir/$export", "/fhir/$import", "/actuator/env", "/actuator/prometheus");
        for (String path : refused) {
            for (String method : METHODS) {
                HttpResponse<String> response = send(method, path);
                assertThat(response.statusCode()).as(method + " " + path).isEqualTo(401);
                if (!path.startsWith("/console")) {
                    assertThat(response.headers().firstValue("WWW-Authenticate"))
                            .hasValue("Bearer");
                }
            }
        }
    }

    /** The settings name no provider. */
    @Test
    void thePagesOfTheConsoleLeadToTheOneThatSaysHowToSetUpTheSignIn() {
        List<String> pages = paths().filter(path -> path.startsWith("/console"))
                .filter(path -> !isPublic(path))
                .toList();
        assertThat(pages).contains("/console/jobs", "/console/signout", "/console/1");
        for (String page : pages) {
            HttpResponse<String> response = server.get(server.root() + page, "Accept", "text/html");
            assertThat(response.statusCode()).as(page).isEqualTo(302);
            assertThat(response.headers().firstValue("Location").orElse("")).contains("/console/signin");
        }
        assertThat(server.get(server.root() + "/console/signin", "Accept", "text/html")
                        .body())
                .contains("does not know your OpenID provider", "issuer:");
        assertThat(server.get(server.root() + "/console/signin/start", "Accept", "text/html")
                        .statusCode())
                .isNotIn(200, 500);
    }

    @Test
    void publicPathsAnswerWithoutAToken() {
        for (String path : paths().filter(EveryPathTest::isPublic).toList()) {
            assertThat(send("GET", path).statusCode()).as(path).isNotIn(401, 403);
        }
    }

    /** A handler below a public path by another pattern, such as that of resources of any type. */
    @Test
    void aPublicPathIsPublicForItsOwnHandlerOnly() {
        for (String method : METHODS) {
            assertThat(send(method, "/fhir/OperationDefinition/x").statusCode())
                    .as(method)
                    .isIn(401, 405);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/fhir",
                "/fhir/",
                "/fhir/metadata/x",
                "/fhir/metadata.json",
                "/fhir/metadata;x/../Patient/p1",
                "/fhir/metadata/../Patient/p1",
                "/fhir/metadata/..;/Patient/p1",
                "/fhir/metadata/%2e%2e/Patient/p1",
                "/fhir/metadata%2f..%2fPatient%2fp1",
                "//fhir/Patient/p1",
                "/fhir//Patient/p1",
                "/fhir/Patient/p1;/fhir/metadata",
                "/fhir/Patient/p1?/fhir/metadata",
                "/FHIR/Patient/p1",
                "/fhir/%50atient/p1",
                "/oauth/token/x",
                "/actuator/health/../prometheus",
                "/actuator/health/db",
                "/actuator/prometheus/",
            })
    void noSpellingOfAPathGetsAroundTheToken(String path) {
        RawHttp.Answer answer = RawHttp.send(
                server.root(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer.status()).as(answer.body()).isIn(400, 401);
    }

    @Test
    void everyHandlerHasARule() {
        assertThat(handlers().entrySet().stream()
                        .filter(handler -> !isOfActuator(handler.getKey()))
                        .filter(handler -> !isOfSpring(handler.getValue()))
                        .filter(handler -> AccessInterceptor.rule(handler.getValue()) == null)
                        .map(Map.Entry::getValue))
                .isEmpty();
    }

    @Test
    void publicPathsAreThoseOfPublicHandlers() {
        Set<String> ofHandlers = handlers().entrySet().stream()
                .filter(handler -> AccessInterceptor.rule(handler.getValue()) == Access.Rule.PUBLIC)
                .flatMap(handler -> handler.getKey().getPatternValues().stream())
                .map(pattern -> pattern.replaceAll("\\{(\\w+):[^}]*}", "{$1}"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(SecurityConfiguration.PUBLIC).containsExactlyInAnyOrderElementsOf(ofHandlers);
    }

    /** Each path once, with values in the place of variables. */
    private static Stream<String> paths() {
        return handlers().keySet().stream()
                .flatMap(mapping -> mapping.getPatternValues().stream())
                .map(pattern -> pattern.replaceAll("\\{\\w+:export\\|[^}]*}", "export")
                        .replaceAll("\\{(?:[^{}]|\\{[^}]*})*}", "1")
                        .replace("**", "1"))
                .distinct()
                .sorted();
    }

    private static Map<RequestMappingInfo, HandlerMethod> handlers() {
        return Objects.requireNonNull(server.bean(DispatcherServlet.class).getHandlerMappings()).stream()
                .flatMap(mapping -> mapping instanceof RequestMappingInfoHandlerMapping methods
                        ? Stream.of(methods)
                        : Stream.empty())
                .flatMap(mapping -> mapping.getHandlerMethods().entrySet().stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
    }

    private static boolean isPublic(String path) {
        return Stream.concat(Stream.of(SecurityConfiguration.PUBLIC), HEALTH.stream())
                .map(PathPatternParser.defaultInstance::parse)
                .anyMatch((PathPattern pattern) -> pattern.matches(PathContainer.parsePath(path)));
    }

    private static boolean isOfActuator(RequestMappingInfo mapping) {
        return mapping.getPatternValues().stream().allMatch(pattern -> pattern.startsWith(ACTUATOR));
    }

    private static boolean isOfSpring(HandlerMethod handler) {
        return handler.getBeanType().getName().startsWith("org.springframework.");
    }

    private static HttpResponse<String> send(String method, String path) {
        return server.send(method, server.root() + path, BodyPublishers.noBody());
    }
}
