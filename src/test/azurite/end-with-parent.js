// Loaded before Azurite: a test run that is killed closes this process's standard input, and Azurite must not outlive it.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
