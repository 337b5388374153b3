package dev.sluice.deidservice;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers as Azure Key Vault does: it first says where a token comes from, then gives secrets by their paths. */
final class FakeVault implements HttpClient {
    private final Map<String, String> secrets;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private @Nullable Integer status;

    FakeVault(Map<String, String> secrets) {
        this.secrets = secrets;
    }

    /** From now on to each request with a token. */
    void answer(int newStatus) {
        status = newStatus;
    }

    List<String> requests() {
        return requests;
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
        requests.add(request.getUrl().toString());
        if (request.getHeaders().get(HttpHeaderName.AUTHORIZATION) == null) {
            return Mono.just(new Answer(request, 401, "{}"));
        }
        String secret = secrets.get(request.getUrl().getPath().replaceFirst("/$", ""));
        if (status != null) {
            return Mono.just(new Answer(request, status, "{\"error\":{\"code\":\"Fault\",\"message\":\"no\"}}"));
        }
        return Mono.just(
                secret == null
                        ? new Answer(request, 404, "{\"error\":{\"code\":\"SecretNotFound\",\"message\":\"no\"}}")
                        : new Answer(
                                request, 200, "{\"value\":\"" + secret + "\",\"id\":\"" + request.getUrl() + "\"}"));
    }

    private static final class Answer extends HttpResponse {
        private final int status;
        private final String body;

        Answer(HttpRequest request, int status, String body) {
            super(request);
            this.status = status;
            this.body = body;
        }

        @Override
        public int getStatusCode() {
            return status;
        }

        @Override
        @Deprecated
        @SuppressWarnings("InlineMeSuggester") // it cannot be another method
        public @Nullable String getHeaderValue(String name) {
            return null; // nobody asks for a header in this way
        }

        @Override
        public HttpHeaders getHeaders() {
            return new HttpHeaders()
                    .set(HttpHeaderName.CONTENT_TYPE, "application/json")
                    .set(
                            HttpHeaderName.WWW_AUTHENTICATE,
                            "Bearer authorization=\"https://login.microsoftonline.com/tenant\","
                                    + " resource=\"https://vault.azure.net\"");
        }

        @Override
        public Flux<ByteBuffer> getBody() {
            return Flux.just(ByteBuffer.wrap(body.getBytes(UTF_8)));
        }

        @Override
        public Mono<byte[]> getBodyAsByteArray() {
            return Mono.just(body.getBytes(UTF_8));
        }

        @Override
        public Mono<String> getBodyAsString() {
            return Mono.just(body);
        }

        @Override
        public Mono<String> getBodyAsString(Charset charset) {
            return Mono.just(body);
        }
    }
}
