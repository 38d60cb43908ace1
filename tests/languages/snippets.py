"""Two made passages of about twenty words in each of many languages."""

SNIPPETS: dict[str, tuple[str, str]] = {
    "en": (
        "The old harbour was rebuilt after the storm, and since then the fishing boats have come back every spring.",
        "Glass is made from sand, soda and lime, which are melted together at more than fifteen hundred degrees.",
    ),
    "de": (
        "Der alte Hafen wurde nach dem Sturm neu gebaut, und seitdem kommen die Fischerboote jedes Frühjahr zurück.",
        "Glas besteht aus Sand, Soda und Kalk, die bei mehr als eintausend Grad zusammen geschmolzen werden.",
    ),
    "fr": (
        "Le vieux port a été reconstruit après la tempête, et depuis les bateaux de pêche reviennent chaque printemps.",
        "Le verre est fait de sable, de soude et de chaux que l'on fond ensemble à plus de mille degrés.",
    ),
    "es": (
        "El viejo puerto fue reconstruido después de la tormenta y desde entonces los barcos vuelven cada primavera.",
        "El vidrio se hace con arena, sosa y cal, que se funden juntas a más de mil quinientos grados.",
    ),
    "it": (
        "Il vecchio porto fu ricostruito dopo la tempesta e da allora le barche dei pescatori tornano ogni primavera.",
        "Il vetro si fa con sabbia, soda e calce, che vengono fuse insieme a più di mille gradi.",
    ),
    "pt": (
        "O velho porto foi reconstruído depois da tempestade e desde então os barcos de pesca voltam cada primavera.",
        "O vidro é feito de areia, soda e cal, que são fundidas juntas a mais de mil e quinhentos graus.",
    ),
    "nl": (
        "De oude haven werd na de storm herbouwd en sindsdien komen de vissersboten ieder voorjaar weer terug.",
        "Glas wordt gemaakt van zand, soda en kalk, die samen bij meer dan duizend graden worden gesmolten.",
    ),
    "sv": (
        "Den gamla hamnen byggdes upp igen efter stormen, och sedan dess kommer fiskebåtarna tillbaka varje vår.",
        "Glas görs av sand, soda och kalk som smälts tillsammans vid mer än tusen grader i en ugn.",
    ),
    "fi": (
        "Vanha satama rakennettiin uudelleen myrskyn jälkeen, ja siitä lähtien kalastusveneet ovat palanneet aina.",
        "Lasi valmistetaan hiekasta, soodasta ja kalkista, jotka sulatetaan yhdessä yli tuhannen asteen lämmössä.",
    ),
    "pl": (
        "Stary port odbudowano po burzy i od tego czasu łodzie rybackie wracają tu każdej wiosny z dalekiego morza.",
        "Szkło robi się z piasku, sody i wapna, które topi się razem w temperaturze ponad tysiąca stopni.",
    ),
    "cs": (
        "Starý přístav byl po bouři znovu postaven a od té doby se rybářské čluny vracejí každé jaro zpátky.",
        "Sklo se vyrábí z písku, sody a vápna, které se společně taví při teplotě přes tisíc stupňů.",
    ),
    "hu": (
        "A régi kikötőt a vihar után újjáépítették, és azóta a halászhajók minden tavasszal visszatérnek ide.",
        "Az üveg homokból, szódából és mészből készül, amelyeket együtt olvasztanak meg több mint ezer fokon.",
    ),
    "ro": (
        "Vechiul port a fost reconstruit după furtună și de atunci bărcile pescarilor se întorc în fiecare primăvară.",
        "Sticla se face din nisip, sodă și var, care se topesc împreună la peste o mie de grade.",
    ),
    "tr": (
        "Eski liman fırtınadan sonra yeniden yapıldı ve o zamandan beri balıkçı tekneleri her bahar geri geliyor.",
        "Cam, bin dereceden fazla bir sıcaklıkta birlikte eritilen kum, soda ve kireçten yapılır.",
    ),
    "id": (
        "Pelabuhan tua itu dibangun kembali setelah badai, dan sejak itu perahu nelayan datang lagi setiap musim.",
        "Kaca dibuat dari pasir, soda dan kapur yang dilebur bersama pada suhu lebih dari seribu derajat.",
    ),
    "vi": (
        "Bến cảng cũ được xây lại sau cơn bão, và từ đó những chiếc thuyền đánh cá trở về vào mỗi mùa xuân.",
        "Thủy tinh được làm từ cát, xút và vôi, nấu chảy cùng nhau ở nhiệt độ hơn một nghìn độ.",
    ),
    "ru": (
        "Старую гавань восстановили после бури, и с тех пор рыбацкие лодки возвращаются сюда каждую весну.",
        "Стекло делают из песка, соды и извести, которые плавят вместе при температуре более тысячи градусов.",
    ),
    "uk": (
        "Стару гавань відбудували після бурі, і відтоді рибальські човни повертаються сюди щовесни з далекого моря.",
        "Скло роблять із піску, соди та вапна, які плавлять разом за температури понад тисячу градусів.",
    ),
    "bg": (
        "Старото пристанище беше построено отново след бурята и оттогава рибарските лодки се връщат всяка пролет.",
        "Стъклото се прави от пясък, сода и вар, които се топят заедно при повече от хиляда градуса.",
    ),
    "el": (
        "Το παλιό λιμάνι ξαναχτίστηκε μετά την καταιγίδα και από τότε τα ψαροκάικα επιστρέφουν κάθε άνοιξη.",
        "Το γυαλί γίνεται από άμμο, σόδα και ασβέστη, που λιώνουν μαζί σε πάνω από χίλιους βαθμούς.",
    ),
    "ar": (
        "أعيد بناء الميناء القديم بعد العاصفة، ومنذ ذلك الحين تعود قوارب الصيد إلى هنا في كل ربيع.",
        "يصنع الزجاج من الرمل والصودا والجير التي تصهر معا في درجة حرارة تزيد على ألف درجة.",
    ),
    "fa": (
        "بندر قدیمی پس از توفان دوباره ساخته شد و از آن زمان قایق‌های ماهیگیری هر بهار برمی‌گردند.",
        "شیشه از شن، سودا و آهک ساخته می‌شود که با هم در دمای بیش از هزار درجه ذوب می‌شوند.",
    ),
    "ur": (
        "پرانی بندرگاہ طوفان کے بعد دوبارہ بنائی گئی اور تب سے ماہی گیروں کی کشتیاں ہر بہار میں واپس آتی ہیں۔",
        "شیشہ ریت، سوڈا اور چونے سے بنایا جاتا ہے جنہیں ایک ہزار ڈگری سے زیادہ پر پگھلایا جاتا ہے۔",
    ),
    "he": (
        "הנמל הישן נבנה מחדש אחרי הסערה, ומאז סירות הדיג חוזרות לכאן בכל אביב מן הים הרחוק.",
        "זכוכית עשויה מחול, סודה וסיד המותכים יחד בטמפרטורה של יותר מאלף מעלות בתוך תנור גדול.",
    ),
    "hi": (
        "पुराना बंदरगाह तूफ़ान के बाद फिर से बनाया गया और तब से मछुआरों की नावें हर वसंत में लौटती हैं।",
        "काँच रेत, सोडा और चूने से बनता है, जिन्हें एक हज़ार डिग्री से अधिक ताप पर पिघलाया जाता है।",
    ),
    "mr": (
        "जुने बंदर वादळानंतर पुन्हा बांधले गेले आणि तेव्हापासून मासेमारीच्या होड्या दर वसंत ऋतूत परत येतात.",
        "काच ही वाळू, सोडा आणि चुना यांपासून बनवली जाते, जी हजार अंशांपेक्षा जास्त तापमानात वितळवली जातात.",
    ),
    "bn": (
        "পুরানো বন্দরটি ঝড়ের পরে আবার তৈরি করা হয়েছিল এবং তখন থেকে জেলেদের নৌকা প্রতি বসন্তে ফিরে আসে।",
        "কাচ বালি, সোডা ও চুন থেকে তৈরি হয়, যা এক হাজার ডিগ্রির বেশি তাপে একসঙ্গে গলানো হয়।",
    ),
    "ta": (
        "பழைய துறைமுகம் புயலுக்குப் பிறகு மீண்டும் கட்டப்பட்டது, அன்றிலிருந்து மீன்பிடிப் படகுகள் திரும்பி வருகின்றன.",
        "கண்ணாடி மணல், சோடா மற்றும் சுண்ணாம்பு ஆகியவற்றை ஒன்றாக உருக்கித் தயாரிக்கப்படுகிறது.",
    ),
    "th": (
        "ท่าเรือเก่าถูกสร้างขึ้นใหม่หลังพายุ และตั้งแต่นั้นมาเรือประมงก็กลับมาทุกฤดูใบไม้ผลิ",
        "แก้วทำจากทราย โซดา และปูนขาว ซึ่งหลอมรวมกันที่อุณหภูมิสูงกว่าหนึ่งพันองศา",
    ),
    "zh": (
        "老港口在暴风雨之后重新修建，从那以后，渔船每年春天都会回到这里来。",
        "玻璃是用沙子、纯碱和石灰做成的，这些原料要在一千多度的高温下一起熔化。",
    ),
    "ja": (
        "古い港は嵐のあとに建て直され、それからは毎年春になると漁船が帰ってくるようになった。",
        "ガラスは砂とソーダと石灰から作られ、それらは千度以上の温度で一緒に溶かされる。",
    ),
    "ko": (
        "오래된 항구는 폭풍이 지나간 뒤 다시 지어졌고, 그때부터 고깃배들이 해마다 봄이면 돌아온다.",
        "유리는 모래와 소다와 석회로 만드는데, 이것들을 천 도가 넘는 온도에서 함께 녹인다.",
    ),
    "ka": (
        "ძველი ნავსადგური ქარიშხლის შემდეგ ხელახლა ააშენეს და მას შემდეგ მეთევზეთა ნავები ყოველ გაზაფხულზე ბრუნდებიან.",
        "მინა მზადდება ქვიშისგან, სოდისა და კირისგან, რომლებიც ერთად დნება ათას გრადუსზე მეტ ტემპერატურაზე.",
    ),
    "sw": (
        "Bandari ya zamani ilijengwa upya baada ya dhoruba, na tangu wakati huo mashua za wavuvi hurudi kila mwaka.",
        "Kioo hutengenezwa kwa mchanga, magadi na chokaa ambavyo huyeyushwa pamoja katika joto kali sana.",
    ),
}
