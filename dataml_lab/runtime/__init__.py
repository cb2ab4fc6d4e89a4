"""What a process that runs an answer needs: calling it, plain data, deadlines. It knows no exercise and no world."""
