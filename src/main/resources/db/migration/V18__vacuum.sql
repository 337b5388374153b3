-- V17 writes every row anew: indexes cannot answer by themselves, and plans know nothing of the new column, until a vacuum.
-- It cannot be part of a transaction, so it is a step of its own.
vacuum (analyze) resource;
