package dev.sluice.comparison;

/** The two exports that are compared, in the order of the arguments. */
public enum ExportSide {
    A,
    B;

    /** This side's place among bits that both sides have. */
    long bit(long bits) {
        return this == A ? bits : bits << 1;
    }
}
