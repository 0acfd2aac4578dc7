"""The words the demo company's records are made of: an invented distributor of shelving, fittings and tools."""

COMPANY = "Harborline Supply Company"
CURRENCY = "USD"

# The vendors at the head of every scale, so that a window shows believable names; all invented.
VENDORS = (
    "Harbor Freight Lines", "Tidewater Fasteners Inc.", "Blue Ridge Steel & Wire", "Great Lakes Packaging Corp.",
    "Keystone Industrial Coatings", "Cascade Tool Works", "Prairie Electric Cooperative", "Summit Safety Products",
    "Ironwood Shelving Systems", "Pioneer Pallet & Crate", "Lakeshore Janitorial Supply", "Old Mill Paper Company",
    "Redwood Office Interiors", "Granite State Bearings", "Northgate Forklift Rentals", "Cardinal Label & Tag",
    "Mesa Verde Plumbing Supply", "Evergreen Landscape Services", "Bayside Telecom Group", "Stonebridge Insurance",
    "Chesapeake Customs Brokers", "Two Rivers Machine Shop", "Silver Birch Consulting", "Cotton Belt Trucking",
    "Highline Crane & Rigging", "Juniper Data Centers", "Copperfield Abrasives", "Sandhill Rubber & Gasket",
    "Westport Marine Hardware", "Fox Hollow Printing", "Bluestem Waste Removal", "Quarry Road Aggregates",
    "Lantern Lighting Supply", "Millbrook Casters", "Sawtooth Lumber Company", "Riverbend Staffing Partners",
    "Gulf Coast Container", "Maple Street Legal Group", "Orchard Valley Water", "Thunder Bay Hydraulics",
    "Anchor Point Chain", "Buckeye Bolt & Screw", "Calloway Cold Storage", "Dogwood Display Fixtures",
    "Elk Creek Equipment", "Fairhaven Uniform Rental", "Golden Spike Logistics", "Hickory Handle Works",
    "Island Breeze HVAC", "Jackson Bros. Welding", "Kestrel Courier Service", "Longleaf Timber Products",
    "Moonlight Security", "Nantucket Rope & Twine", "Overland Express Freight", "Piedmont Plastics & Film",
    "Quail Run Catering", "Rocky Ford Fuel & Oil", "Saltmarsh Environmental", "Timberline Rack & Bin",
)  # fmt: skip

PLACES = (
    "Allegheny", "Amber Lake", "Aspen", "Beacon", "Birchwood", "Bridgeport", "Brookside", "Cedar Falls", "Clearwater",
    "Coldwater", "Coronado", "Crescent", "Crossroads", "Crystal Bay", "Delta", "Eagle Rock", "Eastgate", "Elmwood",
    "Falcon", "Fieldstone", "Flint Hills", "Foothill", "Fulton", "Gateway", "Glenwood", "Greenfield", "Hamilton",
    "Hawthorne", "Heritage", "Hudson", "Inland", "Ivy Lane", "Jasper", "Kingsport", "Lakeland", "Laurel", "Liberty",
    "Linden", "Lone Pine", "Madison", "Magnolia", "Meridian", "Midland", "Mohawk", "Monarch", "Niagara", "Oakdale",
    "Ozark", "Palmetto", "Parkway", "Pinecrest", "Plymouth", "Potomac", "Ridgeline", "Rosewood", "Sequoia",
    "Shoreline", "Sierra", "Sycamore", "Tamarack", "Trailhead", "Union", "Vanguard", "Walnut Grove", "Wildwood",
    "Windsor",
)  # fmt: skip
TRADES = (
    "Abrasives", "Adhesives", "Bearings", "Building Products", "Casters", "Chemical", "Containers", "Conveyor",
    "Crating", "Drayage", "Electric Supply", "Equipment", "Fabrication", "Fasteners", "Filtration", "Fixtures",
    "Freight", "Gasket", "Glass", "Hardware", "Hydraulics", "Industrial Supply", "Insulation", "Logistics", "Lumber",
    "Machine", "Metals", "Mill Supply", "Packaging", "Paint", "Paper", "Plastics", "Plumbing Supply", "Printing",
    "Rentals", "Rigging", "Safety", "Scale", "Shelving", "Sign", "Staffing", "Steel", "Storage", "Tool", "Transport",
    "Uniform", "Valve", "Welding Supply", "Wire", "Wood Products",
)  # fmt: skip
FORMS = ("Inc.", "Co.", "LLC", "Corp.", "Group", "Partners", "& Sons", "Bros.")

CITIES = (
    ("Dayton", "OH", "454"), ("Tacoma", "WA", "984"), ("Roanoke", "VA", "240"), ("Erie", "PA", "165"),
    ("Duluth", "MN", "558"), ("Macon", "GA", "312"), ("Peoria", "IL", "616"), ("Toledo", "OH", "436"),
    ("Fresno", "CA", "937"), ("Mobile", "AL", "366"), ("Wichita", "KS", "672"), ("Spokane", "WA", "992"),
    ("Portland", "ME", "041"), ("Savannah", "GA", "314"), ("Green Bay", "WI", "543"), ("Reno", "NV", "895"),
    ("Norfolk", "VA", "235"), ("Akron", "OH", "443"), ("Boise", "ID", "837"), ("Omaha", "NE", "681"),
)  # fmt: skip
STREETS = (
    "Commerce Drive", "Industrial Parkway", "Dock Street", "Foundry Road", "Mill Lane", "Railroad Avenue",
    "Enterprise Way", "Harbor Boulevard", "Market Street", "Quarry Road", "Terminal Road", "Warehouse Court",
)  # fmt: skip

# Main account, description, type of account, category; A asset, L liability, C capital, R revenue, E expense.
ACCOUNTS = (
    ("1000", "Petty Cash", "A"), ("1010", "Operating Checking", "A"), ("1020", "Payroll Checking", "A"),
    ("1030", "Vendor Payments Clearing", "A"), ("1100", "Accounts Receivable", "A"),
    ("1200", "Inventory - Hardware", "A"), ("1210", "Inventory - Shelving", "A"), ("1220", "Inventory - Tools", "A"),
    ("1290", "Inventory in Transit", "A"), ("1300", "Prepaid Insurance", "A"), ("1310", "Prepaid Rent", "A"),
    ("1320", "Prepaid Software", "A"), ("1400", "Deposits with Vendors", "A"), ("1500", "Land and Buildings", "A"),
    ("1510", "Warehouse Equipment", "A"), ("1520", "Delivery Vehicles", "A"), ("1530", "Computer Equipment", "A"),
    ("1540", "Office Furniture", "A"), ("1590", "Accumulated Depreciation", "A"), ("2000", "Accounts Payable", "L"),
    ("2010", "Purchases Clearing", "L"), ("2100", "Accrued Expenses", "L"), ("2110", "Accrued Payroll", "L"),
    ("2200", "Sales Tax Payable", "L"), ("2210", "Use Tax Payable", "L"), ("2300", "Customer Deposits", "L"),
    ("2400", "Line of Credit", "L"), ("2500", "Notes Payable", "L"), ("3000", "Common Stock", "C"),
    ("3100", "Retained Earnings", "C"), ("4000", "Sales - Hardware", "R"), ("4010", "Sales - Shelving", "R"),
    ("4020", "Sales - Tools", "R"), ("4100", "Freight Billed", "R"), ("4900", "Sales Returns", "R"),
    ("5000", "Cost of Goods Sold", "E"), ("5100", "Freight In", "E"), ("5110", "Customs and Duties", "E"),
    ("5200", "Purchase Price Variance", "E"), ("5300", "Inventory Adjustments", "E"),
    ("5400", "Purchase Discounts Taken", "E"), ("5410", "Purchase Discounts Lost", "E"),
    ("6000", "Salaries and Wages", "E"), ("6010", "Temporary Labor", "E"), ("6020", "Payroll Taxes", "E"),
    ("6030", "Employee Benefits", "E"), ("6100", "Rent - Warehouse", "E"), ("6110", "Utilities", "E"),
    ("6120", "Water and Sewer", "E"), ("6130", "Waste Removal", "E"), ("6140", "Building Maintenance", "E"),
    ("6150", "Janitorial", "E"), ("6200", "Freight Out", "E"), ("6210", "Courier and Postage", "E"),
    ("6220", "Fuel and Oil", "E"), ("6230", "Vehicle Repairs", "E"), ("6240", "Forklift Rental", "E"),
    ("6300", "Packing Materials", "E"), ("6310", "Warehouse Supplies", "E"), ("6320", "Small Tools", "E"),
    ("6330", "Safety Supplies", "E"), ("6400", "Office Supplies", "E"), ("6410", "Printing and Forms", "E"),
    ("6420", "Telephone and Internet", "E"), ("6430", "Software Subscriptions", "E"), ("6440", "Dues", "E"),
    ("6500", "Legal Fees", "E"), ("6510", "Accounting Fees", "E"), ("6520", "Consulting", "E"),
    ("6600", "Insurance - General", "E"), ("6700", "Advertising", "E"), ("6710", "Trade Shows", "E"),
    ("6720", "Travel", "E"), ("6730", "Meals", "E"), ("6800", "Bank Charges", "E"), ("6900", "Depreciation", "E"),
    ("6980", "Suspense", "E"), ("6990", "Miscellaneous (until 2015)", "E"),
)  # fmt: skip
LOCATIONS = (
    "Dayton", "Tacoma", "Roanoke", "Erie", "Duluth", "Macon", "Peoria", "Toledo", "Fresno", "Mobile", "Wichita",
    "Spokane", "Savannah", "Reno", "Norfolk", "Akron", "Boise", "Omaha", "Portland", "Green Bay",
)  # fmt: skip
DEPARTMENTS = (
    "General", "Receiving", "Shipping", "Counter Sales", "Outside Sales", "Purchasing", "Accounting", "Fleet",
    "Maintenance", "Fabrication", "Kitting", "Returns", "Quality", "Safety", "Marketing", "Web Store", "Training",
    "Customer Care", "Facilities", "Projects", "Export", "Imports", "Samples", "Repairs", "Night Shift", "Yard",
    "Planning", "Payroll", "Credit", "Design", "Research", "Field Service", "Leasing",
)  # fmt: skip

# Code, description, unit, cost of the smallest in ten-thousandths of a dollar, index into INVENTORY_MAINS, variants.
FAMILIES = (
    ("BRK", "Shelf Bracket", "EA", 31500, 1, "finish"), ("HXB", "Hex Bolt", "BX", 118400, 0, "finish"),
    ("UPR", "Rack Upright", "EA", 742500, 1, "finish"), ("CST", "Swivel Caster", "EA", 96250, 0, "finish"),
    ("WRB", "Wire Basket", "EA", 143000, 1, "finish"), ("DRL", "Drill Bit", "EA", 87500, 2, "grade"),
    ("TAP", "Packing Tape", "CS", 264000, 0, "grade"), ("PLT", "Pallet", "EA", 112500, 0, "grade"),
    ("LCK", "Padlock", "EA", 78900, 0, "finish"), ("CHN", "Coil Chain", "FT", 12475, 0, "finish"),
    ("ROP", "Nylon Rope", "FT", 4325, 0, "grade"), ("HMR", "Claw Hammer", "EA", 154000, 2, "grade"),
    ("PCH", "Tool Pouch", "EA", 136500, 2, "grade"), ("WSH", "Flat Washer", "BX", 64200, 0, "finish"),
    ("NUT", "Lock Nut", "BX", 88125, 0, "finish"), ("ANC", "Wedge Anchor", "BX", 214750, 0, "finish"),
    ("DCK", "Wire Decking", "EA", 231000, 1, "finish"), ("BIN", "Stacking Bin", "EA", 42600, 1, "grade"),
    ("LAD", "Rolling Ladder", "EA", 1895000, 2, "grade"), ("STR", "Strapping", "RL", 398500, 0, "grade"),
    ("LBL", "Label Holder", "PK", 57300, 1, "finish"), ("SAW", "Saw Blade", "EA", 224900, 2, "grade"),
    ("RLR", "Paint Roller", "EA", 46500, 0, "grade"), ("FLM", "Stretch Film", "CS", 512250, 0, "grade"),
)  # fmt: skip
INVENTORY_MAINS = ("1200", "1210", "1220")
SIZES = tuple(
    f"{number} in"
    for number in (
        "4", "6", "8", "10", "12", "14", "16", "18", "20", "24", "30", "36", "42", "48", "60", "72", "84", "96",
    )
)  # fmt: skip
# Told apart by their first three letters, which stand in the item code.
VARIANTS = {
    "finish": (
        "Zinc", "Black", "Galvanized", "Gray", "Stainless", "Blue", "Orange", "White", "Brass", "Nickel", "Green",
        "Red", "Plain", "Chrome", "Bronze", "Yellow", "Tan", "Silver", "Copper", "Hunter", "Slate", "Ivory", "Sand",
        "Almond",
    ),
    "grade": (
        "Standard", "Heavy", "Light", "Economy", "Premium", "Contractor", "Industrial", "Commercial", "Reinforced",
        "Extra", "Narrow", "Long", "Short", "Bulk", "Retail", "Treated", "Recycled", "Certified", "Coated", "Clear",
        "Opaque", "Textured", "Smooth", "Imported",
    ),
}  # fmt: skip

UNITS = (
    ("EA", "Each"), ("BX", "Box"), ("CS", "Case"), ("DZ", "Dozen"), ("FT", "Foot"), ("GAL", "Gallon"), ("HR", "Hour"),
    ("LB", "Pound"), ("PK", "Pack"), ("PR", "Pair"), ("RL", "Roll"), ("SET", "Set"),
)  # fmt: skip
WAREHOUSES = (
    ("000", "Dayton Central", "A"), ("001", "Tacoma Distribution", "A"), ("002", "Roanoke Annex", ""),
    ("QAH", "Quality Hold", "R"), ("OLD", "Canal Street (closed)", "I"),
)  # fmt: skip
TERMS = (
    ("00", "Due on Receipt", 0, 0, "0"), ("01", "Net 30 Days", 30, 0, "0"), ("02", "2% 10, Net 30", 30, 10, "2"),
    ("03", "Net 45 Days", 45, 0, "0"), ("04", "1% 15, Net 60", 60, 15, "1"), ("05", "Net 10 Days", 10, 0, "0"),
)  # fmt: skip
# Code, description, next check number, account number, cash account's main code.
BANKS = (
    ("A", "First Harbor Operating", "0000104200", "4410027731", "1010"),
    ("B", "First Harbor Payroll", "0000020100", "4410027749", "1020"),
    ("P", "Vendor Payments Clearing", "0000300500", "7702214408", "1030"),
)
TAX_CODES = (
    ("OH", "Ohio State", "5.75"), ("OHMONT", "Montgomery County", "1.75"), ("WA", "Washington State", "6.5"),
    ("WAPIER", "Pierce County", "2.8"), ("VA", "Virginia State", "5.3"), ("EXEMPT", "Exempt from Tax", "0"),
)  # fmt: skip
TAX_CLASSES = (("NT", "Nontaxable"), ("TX", "Taxable"))
TAX_SCHEDULES = (
    ("OH MONT", "Ohio, Montgomery County", ("OH", "OHMONT")),
    ("WA PIERCE", "Washington, Pierce County", ("WA", "WAPIER")),
    ("VA", "Virginia", ("VA",)),
    ("EXEMPT", "No Tax", ("EXEMPT",)),
)
BILLED_FOR = (
    "Monthly service", "Warehouse supplies", "Freight bill", "Equipment rental", "Repairs to dock door", "Fuel",
    "Uniforms and mats", "Internet and phones", "Waste pickup", "Office supplies", "Safety training", "Forklift parts",
)  # fmt: skip
BUYERS = ("DREYES", "MKOWALSKI", "TNGUYEN", "SBAPTISTE")
