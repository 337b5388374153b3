package dev.sluice.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;

/** Finds the number of a name among some that are known, by its bytes. Immutable. */
public final class NameTable {
    private final byte[][] names;
    private final int[] numbers;
    private final int mask;

    /** @param names each once; the first has the number 0 */
    public NameTable(List<String> names) {
        int size = Integer.highestOneBit(Math.max(1, names.size())) << 2;
        this.names = new byte[size][];
        this.numbers = new int[size];
        this.mask = size - 1;
        for (int number = 0; number < names.size(); number++) {
            byte[] name = names.get(number).getBytes(UTF_8);
            int place = place(name, 0, name.length);
            while (this.names[place] != null) {
                place = (place + 1) & mask;
            }
            this.names[place] = name;
            numbers[place] = number;
        }
    }

    /** The number of the name that these bytes are, or -1. */
    public int find(byte[] json, int from, int to) {
        for (int place = place(json, from, to); names[place] != null; place = (place + 1) & mask) {
            byte[] name = names[place];
            if (name.length == to - from && Arrays.equals(name, 0, name.length, json, from, to)) {
                return numbers[place];
            }
        }
        return -1;
    }

    private int place(byte[] json, int from, int to) {
        int length = to - from;
        int hash = length;
        if (length > 0) {
            hash = 31 * hash + json[from];
            hash = 31 * hash + json[from + (length >> 1)];
            hash = 31 * hash + json[from + (length >> 2)];
            hash = 31 * hash + json[to - 1];
        }
        return (hash ^ (hash >>> 7)) & mask;
    }
}
