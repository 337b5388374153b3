package dev.sluice;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

/** Inputs that are small or cheap for a client and could cost a server much more. */
public final class HostileInputs {
    private static final int MB = 1 << 20;
    private static final int AT_ONCE = 10_000;
    private static final String TREE = "{\"resourceType\":\"Basic\",\"extension\":[";
    private static final String BATCH = "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[";

    private HostileInputs() {}

    /** A resource of this depth. */
    public static String nested(int depth) {
        return "{\"resourceType\":\"Basic\",\"id\":\"deep\",\"x\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1)
                + "}";
    }

    /** A resource whose tree takes thirty times its bytes. */
    public static byte[] denseTree() {
        return bytes(TREE + "0,".repeat(400_000) + "0]}");
    }

    /** 60 MB of such a tree, compressed. */
    public static byte[] compressedTree() {
        return gzip(TREE, "0,", 30_000_000);
    }

    /** 60 MB of white space, compressed. */
    public static byte[] compressedBlanks() {
        return gzip("{", " ", 60 * MB);
    }

    /** A batch of 60 MB of reads, compressed. */
    public static byte[] compressedBatch() {
        String read = "{\"request\":{\"method\":\"GET\",\"url\":\"Basic/x\"}},";
        return gzip(BATCH, read, 60 * MB / read.length());
    }

    /** A batch whose entries are numbers, compressed. */
    public static byte[] compressedBatchOfNumbers() {
        return gzip(BATCH, "0,", 30_000_000);
    }

    /** Ten million lines like this one, compressed. */
    public static byte[] compressedLines(String line) {
        return gzip("", line + "\n", 10_000_000);
    }

    /** A Parameters resource that has this parameter many times. */
    public static String parameters(String parameter, int times) {
        return "{\"resourceType\":\"Parameters\",\"parameter\":[" + (parameter + ",").repeat(times)
                + "{\"name\":\"inputFormat\",\"valueString\":\"ndjson\"}]}";
    }

    /** A Binary with this number of bytes in its data. */
    public static byte[] binary(String id, int data) {
        return bytes("{\"resourceType\":\"Binary\",\"id\":\"" + id + "\",\"contentType\":\"a/b\",\"data\":\""
                + "QUJD".repeat(data / 4) + "\"}");
    }

    /** A batch that reads this many times. */
    public static byte[] batchOfReads(String path, int times) {
        String entry = "{\"request\":{\"method\":\"GET\",\"url\":\"" + path + "\"}}";
        return bytes(BATCH + (entry + ",").repeat(times - 1) + entry + "]}");
    }

    /** A list of very many elements. */
    public static String list() {
        return "a,".repeat(480_000) + "a";
    }

    /** A value that is copied for each of the hundred types that a Provenance may be about. */
    public static String longFilter() {
        return "Provenance?target.identifier=" + "x".repeat(600_000);
    }

    /** A chain to this many ids. */
    public static String chainToMany(int ids) {
        return "Provenance?target._id="
                + IntStream.range(0, ids).mapToObj(n -> "v" + n).collect(Collectors.joining(","));
    }

    /** A filter of which each clause reads all Observations. */
    public static String reverseChains(int clauses) {
        return "Patient?"
                + IntStream.range(0, clauses)
                        .mapToObj(n -> "_has:Observation:patient:code=c" + n)
                        .collect(Collectors.joining("&"));
    }

    /** A query of more parameters than the server takes. */
    public static String manyParameters() {
        return "a&".repeat(1_001);
    }

    private static byte[] gzip(String start, String part, int times) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        byte[] block = bytes(part.repeat(AT_ONCE));
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes(start));
            for (int i = 0; i < times / AT_ONCE; i++) {
                gzip.write(block);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }
}
