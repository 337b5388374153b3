package dev.sluice.job;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;

/**
 * The handlers of this process, and how long they take. Each call is measured as {@code sluice.job.step}. If traces are made,
 * it is also a span of the trace of the job, which begins with the request that submits the job and whose steps may run on
 * any process.
 */
@Component
class ObservedHandlers {
    /** The header by which a trace goes on in another process, see https://www.w3.org/TR/trace-context/. */
    private static final String TRACE = "traceparent";

    private final Supplier<Map<String, JobHandler>> handlers;
    private final ObservationRegistry observations;

    /** A call of a handler. */
    interface Call<T> {
        T on(JobHandler handler) throws Exception;
    }

    /** Some handlers use the components that submit jobs, so they are found when the first step runs. */
    ObservedHandlers(ObjectProvider<JobHandler> handlers, ObservationRegistry observations) {
        this.handlers = SingletonSupplier.of(
                () -> handlers.stream().collect(Collectors.toMap(JobHandler::kind, Function.identity())));
        this.observations = observations;
    }

    /** Calls the handler of a step. */
    <T> T call(Lease lease, Call<T> call) throws Exception {
        JobHandler handler = handler(lease.job().kind());
        Map<String, String> trace = lease.trace() == null ? Map.of() : Map.of(TRACE, lease.trace());
        Observation observation = Observation.createNotStarted(
                        "sluice.job.step",
                        () -> {
                            ReceiverContext<Map<String, String>> context =
                                    new ReceiverContext<>(Map::get, Kind.CONSUMER);
                            context.setCarrier(trace);
                            return context;
                        },
                        observations)
                .contextualName(lease.job().kind() + " " + lease.step())
                .lowCardinalityKeyValue("kind", lease.job().kind())
                .lowCardinalityKeyValue("step", lease.step().toString())
                .highCardinalityKeyValues(ids(lease));
        return observation.observeChecked(() -> call.on(handler));
    }

    /** Submits a job, and passes the trace to which its steps belong; null if no trace is made. */
    void submit(UUID job, String kind, Consumer<@Nullable String> submit) {
        Map<String, String> trace = new HashMap<>();
        Observation.createNotStarted(
                        "sluice.job.submit",
                        () -> {
                            SenderContext<Map<String, String>> context =
                                    new SenderContext<>((carrier, key, value) -> trace.put(key, value), Kind.PRODUCER);
                            context.setCarrier(trace);
                            return context;
                        },
                        observations)
                .contextualName(kind + " submit")
                .lowCardinalityKeyValue("kind", kind)
                .highCardinalityKeyValue("sluice.job", job.toString())
                .observe(() -> submit.accept(trace.get(TRACE)));
    }

    private static KeyValues ids(Lease lease) {
        KeyValues job = KeyValues.of("sluice.job", lease.job().id().toString());
        return lease.isUnit() ? job.and(KeyValue.of("sluice.unit", String.valueOf(lease.number()))) : job;
    }

    private JobHandler handler(String kind) {
        JobHandler handler = handlers.get().get(kind);
        if (handler == null) {
            throw new IllegalStateException("This process has no handler for jobs of the kind '" + kind + "'.");
        }
        return handler;
    }
}
