def cache(bench):
    pass
