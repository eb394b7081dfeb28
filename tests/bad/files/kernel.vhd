entity kernel is end kernel;
