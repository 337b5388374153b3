package dev.sluice;

import dev.sluice.blob.BlobException;
import dev.sluice.database.DatabaseFault;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.NewerFormException;
import dev.sluice.job.FaultRule;
import dev.sluice.job.FaultRule.Verdict;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Configures which errors of the database, of the storage and of a request the job engine retries. */
@Configuration(proxyBeanMethods = false)
class FaultConfiguration {
    private static final int UNAVAILABLE = 503;

    @Bean
    FaultRule databaseFaults() {
        return exception ->
                DatabaseFault.of(exception).map(fault -> new Verdict(fault.temporary(), fault.sentence(), "database"));
    }

    @Bean
    FaultRule storageFaults() {
        return exception -> exception instanceof BlobException problem
                ? Optional.of(
                        new Verdict(problem.reason() == BlobException.Reason.TRANSIENT, problem.sentence(), "storage"))
                : Optional.empty();
    }

    @Bean
    FaultRule requestFaults() {
        return exception -> exception instanceof FhirException problem
                ? Optional.of(new Verdict(
                        problem.status() == UNAVAILABLE,
                        String.valueOf(problem.getMessage()),
                        problem.getCause() instanceof NewerFormException ? FaultRule.NEWER_VERSION : "request"))
                : Optional.empty();
    }
}
