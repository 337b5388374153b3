package dev.sluice.web;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hibernate.JDBCException;
import org.hibernate.TransactionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Turns whatever goes wrong into an OperationOutcome: the problems that Sluice raises, those that
 * Spring finds in a request, and faults of the server, whose cause stays in the log.
 */
@RestControllerAdvice
class FhirExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(FhirExceptionHandler.class);
    private static final String RETRY_AFTER_SECONDS = "5";

    /** SQLSTATEs: connection exceptions, insufficient resources, and a server that is going down or starting. */
    private static final Pattern LOST = Pattern.compile("08|53|57P0[1-3]");

    private final BaseUrl base;

    FhirExceptionHandler(BaseUrl base) {
        this.base = base;
    }

    @ExceptionHandler
    ResponseEntity<byte[]> problem(FhirException problem, HttpServletRequest request, HttpServletResponse response) {
        if (response.isCommitted()) {
            throw problem; // ends the connection, so that the client does not take a part for the whole
        }
        HttpHeaders headers = problem.status() == 503 ? retryLater() : HttpHeaders.EMPTY;
        if (problem.getCause() == null) {
            return OperationOutcomes.response(problem.status(), headers, problem.issues());
        }
        UUID id = UUID.randomUUID();
        log.warn(
                "{} {} was answered with {}; the response contains the id {}.",
                request.getMethod(),
                request.getRequestURI(),
                problem.status(),
                id,
                problem);
        FhirException.Issue issue = problem.issues().get(0);
        String diagnostics = issue.diagnostics() + " The server's log has the cause, under the id " + id + ".";
        return OperationOutcomes.response(
                problem.status(),
                headers,
                List.of(new FhirException.Issue(issue.severity(), issue.code(), diagnostics)));
    }

    @ExceptionHandler
    ResponseEntity<byte[]> fault(Exception fault, HttpServletRequest request, HttpServletResponse response)
            throws Exception {
        if (response.isCommitted()) {
            throw fault;
        }
        if (DisconnectedClientHelper.isClientDisconnectedException(fault)) {
            log.debug(
                    "The client of {} {} went away: {}",
                    request.getMethod(),
                    request.getRequestURI(),
                    fault.getMessage());
            return ResponseEntity.badRequest().build(); // if it still listens, the fallback tells what was wrong
        }
        if (fault instanceof ErrorResponse refusal && refusal.getStatusCode().is4xxClientError()) {
            int status = refusal.getStatusCode().value();
            return OperationOutcomes.response(status, refusal.getHeaders(), sentence(status, refusal, request));
        }
        if (fault instanceof HttpMessageNotReadableException || fault instanceof TypeMismatchException) {
            return OperationOutcomes.response(400, "The request cannot be read. Check its parameters and its body.");
        }
        return isOutOfReach(fault) ? outOfReach(fault, request) : failure(fault, request);
    }

    private static boolean isOutOfReach(Exception fault) {
        return fault instanceof CannotCreateTransactionException
                || fault instanceof DataAccessResourceFailureException
                || fault instanceof TransientDataAccessException
                || fault instanceof RecoverableDataAccessException
                || isConnectionLost(fault);
    }

    /** Spring has no exception of its own for a transaction whose end did not reach the database. */
    private static boolean isConnectionLost(Throwable fault) {
        return fault.getCause() instanceof TransactionException
                || (fault.getCause() instanceof JDBCException jdbc
                        && jdbc.getSQLState() != null
                        && LOST.matcher(jdbc.getSQLState()).lookingAt());
    }

    /** The database is away or busy: the same request may succeed later. */
    private static ResponseEntity<byte[]> outOfReach(Exception fault, HttpServletRequest request) {
        log.warn(
                "{} {} was put off, the database did not answer: {}",
                request.getMethod(),
                request.getRequestURI(),
                NestedExceptionUtils.getMostSpecificCause(fault).getMessage()); // that of Spring has the statement
        return OperationOutcomes.response(
                503,
                retryLater(),
                "The database did not answer, or takes no writes now. Send the same request again a little later.");
    }

    private static HttpHeaders retryLater() {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        return headers;
    }

    private String nothing(HttpServletRequest request) {
        String path = request.getRequestURI();
        String base = request.getContextPath() + "/fhir";
        return path.equals(base) || path.startsWith(base + "/")
                ? "There is nothing at " + path + "; [base]/metadata tells what this server offers."
                : "There is nothing at " + path + ". The FHIR base of this server is " + this.base.of(request)
                        + ", so exports start at " + this.base.of(request) + "/$export.";
    }

    private static ResponseEntity<byte[]> failure(Exception fault, HttpServletRequest request) {
        UUID id = UUID.randomUUID();
        log.error(
                "{} {} has failed; the response contains the id {}.",
                request.getMethod(),
                request.getRequestURI(),
                id,
                fault);
        return OperationOutcomes.response(
                500,
                "The server has failed on this request, and that is not the request's fault. Its log tells why, under the"
                        + " id " + id + ".");
    }

    private String sentence(int status, ErrorResponse refusal, HttpServletRequest request) {
        String path = request.getRequestURI();
        return switch (status) {
            case 404 -> nothing(request);
            case 405 ->
                request.getMethod() + " is not offered at " + path + "; use "
                        + refusal.getHeaders().getFirst(HttpHeaders.ALLOW) + ".";
            case 406 ->
                "The Accept header has the value '" + request.getHeader(HttpHeaders.ACCEPT) + "', which cannot be given"
                        + instead(refusal) + ".";
            case 415 ->
                "The Content-Type header has the value '" + request.getContentType() + "', which is not taken at "
                        + path + instead(refusal) + ".";
            default -> String.valueOf(refusal.getBody().getDetail());
        };
    }

    private static String instead(ErrorResponse refusal) {
        List<MediaType> types = refusal instanceof HttpMediaTypeException e ? e.getSupportedMediaTypes() : List.of();
        return types.isEmpty() ? "" : "; use " + MediaType.toString(types);
    }
}
