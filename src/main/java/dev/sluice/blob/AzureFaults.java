package dev.sluice.blob;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.storage.blob.models.BlobStorageException;
import com.microsoft.aad.msal4j.MsalException;
import dev.sluice.blob.BlobException.Reason;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import org.apache.commons.lang3.exception.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * Converts errors of Azure Blob Storage to problems that name the cause and the remedy.
 *
 * @see <a href="https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes">the error codes</a>
 */
final class AzureFaults {
    private static final String ROLE =
            "give the identity the role 'Storage Blob Data Contributor' on the storage account"
                    + " or the container (it takes effect after some minutes), or use a SAS that allows read, add, create, write,"
                    + " delete and list on containers and objects";
    private static final String DELEGATOR =
            "give the identity the role 'Storage Blob Delegator' on the storage account (it takes effect after some"
                    + " minutes), or use sluice.storage.download=server";
    private static final String CREDENTIAL =
            "the account key is wrong, or the SAS is wrong or has expired, or the clock"
                    + " of this machine is off: check sluice.storage.azure.connection-string";

    private static final String GONE =
            "the container does not exist (any more): start again, which creates it again, and keep it until all is"
                    + " written";

    private static final Map<String, String> ADVICE = Map.ofEntries(
            Map.entry("AuthorizationPermissionMismatch", ROLE),
            Map.entry("InsufficientAccountPermissions", ROLE),
            Map.entry("AuthorizationResourceTypeMismatch", ROLE),
            Map.entry("AuthorizationServiceMismatch", "the SAS must allow the service 'blob'"),
            Map.entry("AuthenticationFailed", CREDENTIAL),
            Map.entry("InvalidAuthenticationInfo", CREDENTIAL),
            Map.entry(
                    "KeyBasedAuthenticationNotPermitted",
                    "the account forbids account keys: use sluice.storage.azure.account-url with a managed identity"),
            Map.entry(
                    "AuthorizationFailure",
                    "the network rules of the storage account keep this machine out, or " + CREDENTIAL),
            Map.entry("ContainerNotFound", GONE),
            Map.entry("ContainerBeingDeleted", GONE),
            Map.entry("ContainerDisabled", "the container is disabled"),
            Map.entry("InvalidResourceName", "the name of the container or blob is not valid"),
            Map.entry("AccountIsDisabled", "the storage account is disabled"),
            Map.entry("BlobImmutableDueToPolicy", "an immutability policy forbids it"),
            Map.entry("LeaseIdMissing", "another client holds a lease on it: break the lease"));

    /** Refusals that pass by themselves although their status does not say so. */
    private static final Set<String> PASSING =
            Set.of("AccountBeingCreated", "InvalidBlockList", "Md5Mismatch", "OperationTimedOut");

    private static final String NOT_FOUND = "the host of the storage account was not found: check its name and the DNS";

    private static final String OUT_OF_REACH = "the storage account cannot be reached, or does not answer in time";

    private static final String NO_TOKEN =
            "no token could be had for the storage account: give this machine a managed or workload identity, or use"
                    + " sluice.storage.azure.connection-string";

    /** What a fault without an answer of the storage means; the first that applies. */
    private static final List<Cause> CAUSES = List.of(
            new Cause(
                    ClientAuthenticationException.class, // also if the service that gives tokens is away for a while
                    Reason.TRANSIENT,
                    NO_TOKEN),
            new Cause(MsalException.class, Reason.TRANSIENT, NO_TOKEN),
            new Cause(UnresolvedAddressException.class, Reason.TRANSIENT, NOT_FOUND),
            new Cause(UnknownHostException.class, Reason.TRANSIENT, NOT_FOUND),
            new Cause(
                    SSLHandshakeException.class,
                    Reason.PERMANENT,
                    "no encrypted connection came about: check the certificates that this machine trusts"),
            new Cause(IOException.class, Reason.TRANSIENT, OUT_OF_REACH),
            new Cause(TimeoutException.class, Reason.TRANSIENT, OUT_OF_REACH),
            new Cause(InterruptedException.class, Reason.TRANSIENT, OUT_OF_REACH));

    private record Cause(Class<? extends Throwable> type, Reason reason, String advice) {}

    private AzureFaults() {}

    /**
     * Does a work whose faults name the action.
     *
     * @param action such as {@code Cannot write 'daily/Patient-1.ndjson'}
     */
    static <T> T translate(String action, Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException fault) {
            throw of(action, fault);
        }
    }

    /** @param action what was tried, such as {@code Cannot write 'daily/Patient-1.ndjson'} */
    static BlobException of(String action, RuntimeException fault) {
        if (fault instanceof BlobException problem) {
            return problem;
        }
        BlobStorageException answer = ExceptionUtils.throwableOfType(fault, BlobStorageException.class);
        if (answer != null) {
            return answered(action, answer);
        }
        return CAUSES.stream()
                .filter(cause -> ExceptionUtils.indexOfType(fault, cause.type) >= 0)
                .findFirst()
                .map(cause -> problem(cause.reason, action, cause.advice, fault))
                .orElseGet(() -> problem(Reason.PERMANENT, action, null, fault));
    }

    /** The fault of creating a container. It is temporary while a container of the same name is being deleted. */
    static BlobException ofCreation(String container, BlobStorageException refused) {
        String action = "Cannot create the container " + Quoted.of(container);
        return isAnswer(refused, "ContainerBeingDeleted")
                ? new BlobException(
                        Reason.TRANSIENT,
                        action + ": one of this name is being deleted; the name is free in about half a minute.",
                        refused)
                : of(action, refused);
    }

    /** Gets a key to sign with, which needs a right of its own. */
    static <T> T delegating(Supplier<T> work) {
        try {
            return work.get();
        } catch (BlobStorageException refused) {
            String action = "Cannot get a key to sign URLs";
            throw refused.getStatusCode() == 403
                    ? problem(Reason.PERMANENT, action + status(refused), DELEGATOR, refused)
                    : of(action, refused);
        }
    }

    /** Whether this is the storage's answer with that code. */
    static boolean isAnswer(RuntimeException fault, String code) {
        return fault instanceof BlobStorageException answer && code.equals(code(answer));
    }

    private static BlobException answered(String action, BlobStorageException answer) {
        String code = code(answer);
        Reason reason = Reason.PERMANENT;
        if (answer.getStatusCode() == 408
                || answer.getStatusCode() == 429
                || answer.getStatusCode() >= 500
                || PASSING.contains(code)) {
            reason = Reason.TRANSIENT;
        } else if (code.equals("BlobNotFound")) {
            reason = Reason.NOT_FOUND;
        }
        String advice = ADVICE.get(code);
        if (advice == null && answer.getStatusCode() == 403) {
            advice = ROLE;
        }
        return problem(reason, action + status(answer), advice, answer);
    }

    private static String status(BlobStorageException answer) {
        String code = code(answer);
        return " (HTTP " + answer.getStatusCode() + (code.isEmpty() ? "" : ", " + code) + ")";
    }

    private static BlobException problem(Reason reason, String action, @Nullable String advice, Throwable fault) {
        return new BlobException(reason, advice == null ? action + "." : action + ": " + advice + ".", fault);
    }

    private static String code(BlobStorageException answer) {
        return answer.getErrorCode() == null ? "" : answer.getErrorCode().toString();
    }
}
