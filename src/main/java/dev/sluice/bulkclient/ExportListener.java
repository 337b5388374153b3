package dev.sluice.bulkclient;

/** Is told how far an export is, by several threads. */
public interface ExportListener {
    /** Something that a person should know, such as a fault that is tried again. */
    void note(String sentence);

    /** The server makes the files; the text is what it says of its progress, and may be empty. */
    default void waiting(String progress) {}

    /**
     * A file is to be downloaded.
     *
     * @param bytes as they are sent; negative if that is not known
     */
    default void found(long bytes) {}

    /** A part of a file is in the folder already, since an earlier run. */
    default void present(long bytes) {}

    /** A part of a file has arrived. If it has to be sent again, it is taken back by a negative number first. */
    default void received(long bytes) {}

    /** A file is complete. */
    default void completed() {}
}
