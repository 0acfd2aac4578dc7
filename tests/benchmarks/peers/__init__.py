"""What people would use instead: each program reads the same lists of Sage and brings them to the same server.

They know nothing of AP Bridge and run in virtual environments of their own. `python PROGRAM MODE` with MODE
`first`, `full` (everything is read, and what was deleted is found) or `changes` (what has changed since); where to
read, where to send and where to remember stands as one line of JSON on standard input, see `mapping.Place`.
"""
