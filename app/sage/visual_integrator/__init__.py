"""Writes through Visual Integrator, for sites where Sage's Business Objects cannot be used: files, jobs, their log.

What a person sets up in Sage's Import Job Maintenance, one job for each entry screen (`layout` has the tables):

- File type CSV (comma delimited), text in double quotes, no heading row; the data fields in the order of `layout`, with
  operation Replace and the condition that the cell is not blank; `H.ReceiptNo` with operation Next.
- “Header Separate From Line Record” left blank: the head is repeated on each row.
- Perform on completion: a command that deletes the import file and then the file beside it that ends in `.running`.

Unconfirmed, since no Sage 100 was at hand, and therefore looked at after every job instead of being relied upon: that
a batch that does not exist is made, that lines of a receipt of invoice are found by `L.PurchaseOrderLineKey`, and that
a line that fails makes its whole document fail. Known limits: Visual Integrator can neither describe a batch nor
delete, and it changes a record that exists; so AP Bridge looks into Sage right before a job starts.
"""
