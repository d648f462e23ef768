"""The command line: arguments, progress, what is printed, exit codes.

`main` finds the command and turns errors into exit codes; each command has a file of its own, which is imported only
when that command is given, and imports engines, parsers and drawing only when it runs.
"""
