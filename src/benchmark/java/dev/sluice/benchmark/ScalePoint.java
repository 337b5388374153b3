package dev.sluice.benchmark;

import org.jspecify.annotations.Nullable;

/**
 * What an export of one request took, as the median of some rounds.
 *
 * @param path the request
 * @param rows the resources
 * @param bytes of their lines
 * @param seconds from the kick-off to the manifest
 * @param planning of these, up to the recorded plan
 * @param finishing of these, after the last unit
 * @param files in the manifest
 * @param manifestBytes its size
 * @param peak the most memory of the server, in bytes
 */
record ScalePoint(
        String path,
        long rows,
        long bytes,
        double seconds,
        double planning,
        double finishing,
        int files,
        int manifestBytes,
        double peak) {
    /** Measures it. */
    static ScalePoint of(Server server, String database, String path, int warmUp, int rounds) {
        Client client = new Client(server.base());
        double[] seconds = new double[rounds];
        double[] planning = new double[rounds];
        double[] finishing = new double[rounds];
        @Nullable ScalePoint last = null;
        for (int round = -warmUp; round < rounds; round++) {
            long begun = System.nanoTime();
            Client.Export export = client.export(path);
            double taken = (System.nanoTime() - begun) / 1e9;
            if (round >= 0) {
                seconds[round] = taken;
                planning[round] = time(database, export, "started_at - created_at");
                finishing[round] = time(
                        database,
                        export,
                        "finished_at - (select max(updated_at) from work_unit where job_id = job.id)");
                last = new ScalePoint(
                        path,
                        export.resources(),
                        export.bytes(),
                        Series.median(seconds),
                        Series.median(planning),
                        Series.median(finishing),
                        client.manifest(export).path("output").size(),
                        client.manifest(export).toString().length(),
                        ProcessUsage.peak(server.pid()));
            }
            Environment.release(database, client, export);
        }
        if (last == null) {
            throw new IllegalArgumentException("bench.rounds is 0");
        }
        Format.say(
                "%-32s %,12d resources %8.1f MB %8.3f s, of these %.3f s to plan and %.3f s to finish",
                path, last.rows, last.bytes / 1e6, last.seconds, last.planning, last.finishing);
        return last;
    }

    private static double time(String database, Client.Export export, String interval) {
        String seconds = Postgres.text(
                database, "select extract(epoch from " + interval + ") from job where id = '" + export.id() + "'");
        return seconds == null ? Double.NaN : Double.parseDouble(seconds);
    }
}
