package dev.sluice.deid;

/**
 * The keys of one de-identification.
 *
 * @param dateShift UTF-8 of the text in Microsoft's format
 * @param cryptoHash UTF-8 of the text in Microsoft's format
 * @param encrypt 16, 24 or 32 bytes
 * @param perturb for noise that is the same at each run
 */
public record DeidKeys(byte[] dateShift, byte[] cryptoHash, byte[] encrypt, byte[] perturb) {}
