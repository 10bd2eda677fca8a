-- What open runs do with the companies on screen. Neither column ever changes, so the index is written once an item.
CREATE INDEX run_items_by_company ON run_items (company_id, run);
