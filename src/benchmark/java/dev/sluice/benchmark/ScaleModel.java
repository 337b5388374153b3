package dev.sluice.benchmark;

import java.util.List;

/**
 * The time of an export on this machine: {@code fixed + perRow * rows + perByte * bytes}. docs/scale.md explains it.
 *
 * @param fixed seconds of an export of a few resources
 * @param perRow seconds of a resource
 * @param perByte seconds of a byte of the lines
 */
record ScaleModel(double fixed, double perRow, double perByte) {
    /**
     * The constants that fit best, by the smallest sum of the squares of relative errors; none is negative.
     *
     * @param small the export of a few resources
     * @param points others, of rows of different sizes
     */
    static ScaleModel fit(ScalePoint small, List<ScalePoint> points) {
        double rr = 0;
        double rb = 0;
        double bb = 0;
        double rt = 0;
        double bt = 0;
        for (ScalePoint point : points) {
            double weight = 1 / (point.seconds() * point.seconds());
            double time = Math.max(0, point.seconds() - small.seconds());
            rr += weight * point.rows() * point.rows();
            rb += weight * point.rows() * point.bytes();
            bb += weight * point.bytes() * point.bytes();
            rt += weight * point.rows() * time;
            bt += weight * point.bytes() * time;
        }
        double determinant = rr * bb - rb * rb;
        double perRow = (rt * bb - bt * rb) / determinant;
        double perByte = (rr * bt - rb * rt) / determinant;
        if (perRow < 0 || Double.isNaN(perRow)) {
            return new ScaleModel(small.seconds(), 0, bt / bb);
        }
        return perByte < 0
                ? new ScaleModel(small.seconds(), rt / rr, 0)
                : new ScaleModel(small.seconds(), perRow, perByte);
    }

    /** The seconds of an export. */
    double seconds(double rows, double bytes) {
        return fixed + perRow * rows + perByte * bytes;
    }
}
