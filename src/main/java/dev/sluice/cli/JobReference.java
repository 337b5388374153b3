package dev.sluice.cli;

import dev.sluice.bulkclient.BulkClientException;
import dev.sluice.bulkclient.BulkClientException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The job that an argument names: by its id, or by the URL of its status. */
final class JobReference {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern URL =
            Pattern.compile("(https?://.+)/_operations/(export|import)/([A-Za-z0-9-]{1,64})");

    private final String job;
    private final Matcher url;

    JobReference(String job) {
        this.job = job;
        this.url = URL.matcher(job);
        if (!url.matches() && !ID.matcher(job).matches()) {
            throw new CliException("'" + job + "' is neither the id of a job nor the URL of its status.");
        }
    }

    /**
     * Does something with the job. An id does not say whether it is that of an export or of an import, so the one is tried
     * after the other.
     *
     * @param request gets the path of the job below the base of the server
     */
    <T> T with(ServerConnection server, Function<String, T> request) {
        if (url.matches()) {
            String base = server.base().toString().replaceFirst("/$", "");
            if (!url.group(1).equals(base)) {
                throw new CliException("The job " + job + " is not one of " + base + "; name its server by --server.");
            }
            return request.apply("_operations/" + url.group(2) + "/" + url.group(3));
        }
        List<BulkClientException> refusals = new ArrayList<>();
        for (String kind : List.of("export", "import")) {
            try {
                return request.apply("_operations/" + kind + "/" + job);
            } catch (BulkClientException e) {
                if (e.kind() != Kind.NOT_FOUND && e.kind() != Kind.DENIED) {
                    throw e;
                }
                refusals.add(e);
            }
        }
        if (refusals.stream().allMatch(refusal -> refusal.kind() == Kind.DENIED)) {
            throw refusals.get(0);
        }
        throw new CliException("There is no job " + job + " that this client may see.");
    }

    @Override
    public String toString() {
        return job;
    }
}
