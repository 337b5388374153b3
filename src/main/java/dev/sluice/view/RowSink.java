package dev.sluice.view;

/** Takes the rows of a view. */
public interface RowSink {
    /**
     * Takes a row, which changes after the call.
     *
     * @throws ViewRowException if it cannot be written
     */
    void row(ViewRow row);
}
