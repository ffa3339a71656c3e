def errors(bench):
    pass
